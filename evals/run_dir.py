"""The folder of a run: results line by line as they come, so that a killed run can be gone on with."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType, TracebackType
from typing import IO, Any, Literal, Self

from pydantic import Field, ValidationError

from agent.errors import InputError, StoreError
from agent.records.base import Record
from evals.result import Result
from evals.summary import Summary

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows, where nothing tells that two runs write to one folder
    fcntl = None

RESULTS, SUMMARY, RUN, REPORT = "results.jsonl", "summary.json", "run.json", "report.html"


class Run(Record):
    """What is run, as it stands in `run.json`; `times` are added at its end."""

    fingerprint: dict[str, Any]
    conversations: int
    names: dict[str, str]
    times: dict[str, Any] = Field(default_factory=dict)
    status: Literal["running", "complete", "incomplete"] = "running"


class RunDir:
    """A folder that one process writes to.

    `done` are the positions that need not be played (again). Without a `run` it is the one that is there, to be
    scored again and not to be gone on with. Raises `InputError` where the folder has a run of another configuration,
    is in use, or cannot be written.
    """

    def __init__(self, path: Path, run: Run | None, *, fresh: bool = False) -> None:
        self.path = path
        self._file: IO[bytes] | None = None
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds what the cases say
            self._lock = os.open(path, os.O_RDONLY) if fcntl else None
        except OSError as error:
            raise InputError(f"--out {path}: {error.strerror}: give a folder that can be written") from error
        try:
            if fcntl:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._unlock()
            raise InputError(f"--out {path}: another run is writing there; give another folder") from None
        try:
            if fresh:
                for name in (RESULTS, SUMMARY, RUN, REPORT):
                    (path / name).unlink(missing_ok=True)
            self.run = self._checked(run)
            self.done = self._keep_what_is_whole() if run else set[int]()
            if len(self.done) < self.run.conversations and run:
                self.write_run(self.run)
                for name in (SUMMARY, REPORT):  # they would be those of another state
                    (path / name).unlink(missing_ok=True)
            self._file = (path / RESULTS).open("ab", buffering=0)
        except BaseException:
            self._unlock()
            raise

    def add(self, result: Result) -> None:
        """Write a result down. Raises `StoreError` where it cannot be: the disk is full, for example."""
        line = result.model_dump_json().encode() + b"\n"
        try:
            written = self._file.write(line) if self._file else 0
            if written != len(line):
                raise OSError(None, "the disk is full")  # noqa: TRY301 - one way out for both
        except OSError as error:
            raise StoreError(
                f"{self.path / RESULTS}: {error.strerror}; what was written before is kept"
            ) from error

    def finish(self, summary: Summary, report: str, times: dict[str, Any]) -> None:
        """Write everything beside the results."""
        _replace(self.path / SUMMARY, summary.text())
        _replace(self.path / REPORT, report)
        status = "complete" if summary.complete else "incomplete"
        self.write_run(self.run.model_copy(update={"times": times, "status": status}))

    def write_run(self, run: Run) -> None:
        """Write what is run."""
        self.run = run
        _replace(self.path / RUN, run.model_dump_json(indent=1) + "\n")

    def sort(self) -> None:
        """Put the results in the order of the run, whatever order they came in."""
        with (self.path / RESULTS).open("rb") as file:
            where: dict[int, int] = {}
            at = 0
            for line in file:
                position = _position(line)
                if position is not None:
                    where[position] = at
                at += len(line)

            def line_at(place: int) -> bytes:
                file.seek(place)
                return file.readline()

            self._rewrite(line_at(where[position]) for position in sorted(where))

    def replace_results(self, results: Iterable[Result]) -> None:
        """Put other results in the place of those that are there."""
        self._rewrite(result.model_dump_json().encode() + b"\n" for result in results)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)

    def _checked(self, now: Run | None) -> Run:
        """Refuse to go on with another run, and say what has changed."""
        file = self.path / RUN
        if now and not file.exists() and not (self.path / RESULTS).exists():
            return now
        before = read_run(self.path)
        if now is None:
            return before
        old, new = before.fingerprint, now.fingerprint
        changed = [_told(name, old.get(name), new[name]) for name in new if old.get(name) != new[name]]
        if changed:
            raise InputError(
                f"--out {self.path}: holds a run of another configuration: {', '.join(changed)}. "
                "Give another folder, or --fresh to begin anew there"
            )
        return before

    def _keep_what_is_whole(self) -> set[int]:
        """Take away what a killed run left half written, and what an error of the machinery cut short."""
        done: set[int] = set()
        path = self.path / RESULTS
        if not path.exists():
            return done
        with path.open("rb") as file:
            lines = (line for line in file if _played(line, self.run.conversations))
            # Where the model failed every time, the machinery did: all of it is played again.
            nothing = all(json.loads(line)["degraded"] for line in lines)

        def whole() -> Iterator[bytes]:
            with path.open("rb") as file:
                for line in file:
                    if _played(line, self.run.conversations) and (position := _position(line)) not in done:
                        done.add(position or 0)
                        yield line

        self._rewrite(iter(()) if nothing else whole())
        return done

    def _rewrite(self, lines: Iterable[bytes]) -> None:
        path = self.path / RESULTS
        try:
            with _beside(path).open("wb") as file:
                file.writelines(lines)
        except BaseException:
            _beside(path).unlink(missing_ok=True)
            raise
        _beside(path).replace(path)
        if self._file:
            self._file.close()
            self._file = path.open("ab", buffering=0)


def read_results(path: Path) -> Iterator[Result]:
    """The results of the run in the folder `path`, in the order of the file. Raises `InputError`."""
    file = path / RESULTS
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    return  # a killed run's last line
                try:
                    yield Result.model_validate_json(line)
                except ValidationError as error:
                    where = ".".join(map(str, error.errors()[0]["loc"]))
                    raise InputError(f"{file}:{number}: this is no result (at `{where}`)") from None
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}: give the folder of a run (--out)") from error


def read_run(path: Path) -> Run:
    """What is run in the folder `path`. Raises `InputError`."""
    file = path / RUN
    try:
        return Run.model_validate_json(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}; give the folder of a run") from None
    except ValidationError:
        raise InputError(f"{file}: is damaged; use --fresh, or another folder") from None


def read_summary(path: Path) -> Summary:
    """The summary of the run in the folder `path`. Raises `InputError`."""
    file = path / SUMMARY
    try:
        return Summary.model_validate_json(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}: give the folder of a run that has ended") from error
    except ValidationError:
        raise InputError(
            f"{file}: this is no summary that this version of live-agent-handoff wrote"
        ) from None


def _replace(path: Path, text: str) -> None:
    _beside(path).write_text(text, "utf-8")
    _beside(path).replace(path)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _position(line: bytes) -> int | None:
    """The number of the conversation; None for what a killed run left half written, or something damaged."""
    try:
        position = json.loads(line)["position"] if line.endswith(b"\n") else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return position if type(position) is int and position >= 0 else None


def _played(line: bytes, conversations: int) -> bool:
    """Whether this is a result that is to stay: whole, of this run, and not cut short by the machinery."""
    position = _position(line)
    return position is not None and position < conversations and json.loads(line).get("error", "") is None


def _told(name: str, before: Any, now: Any) -> str:
    if isinstance(now, str) and len(now) in (64, 128):  # hashes
        return f"{name} changed"
    return f"{name} was {before!r} and is {now!r}"
