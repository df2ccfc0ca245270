"""The folder of a run: results line by line as they come, so that a killed run can be gone on with."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from pydantic import ValidationError

from agent.errors import InputError, StoreError
from evals.result import Result
from evals.summary import Summary

RESULTS, SUMMARY, RUN, REPORT = "results.jsonl", "summary.json", "run.json", "report.html"


class RunDir:
    """A folder that one process writes to.

    `done` are the positions that need not be played (again). Without a `fingerprint` it is the one of the run that
    is there. Raises `InputError` where the folder has a run of another configuration, is in use, or cannot be
    written.
    """

    def __init__(self, path: Path, fingerprint: dict[str, Any] | None, *, fresh: bool = False) -> None:
        self.path = path
        self.times: dict[str, Any] = {}
        self._file: IO[bytes] | None = None
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise InputError(f"--out {path}: {error.strerror}: give a folder that can be written") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise InputError(f"--out {path}: another run is writing there; give another folder") from None
        try:
            if fresh:
                for name in (RESULTS, SUMMARY, RUN, REPORT):
                    (path / name).unlink(missing_ok=True)
            self._fingerprint = self._checked(fingerprint)
            self._write_run("running")
            self.done = self._keep_what_is_whole()
            self._file = (path / RESULTS).open("ab", buffering=0)
        except BaseException:
            os.close(self._lock)
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
        self.times = times
        self._write_run("complete" if summary.complete else "incomplete")

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
        os.close(self._lock)

    def _checked(self, now: dict[str, Any] | None) -> dict[str, Any]:
        """Refuse to go on with another run, and say what has changed."""
        try:
            run = json.loads((self.path / RUN).read_text("utf-8"))
            before: dict[str, Any] = run["fingerprint"]
            self.times = run["times"]
        except FileNotFoundError:
            if now is None or (self.path / RESULTS).exists():
                raise InputError(
                    f"{self.path}: there is no {RUN} in this folder; give the folder of a run"
                ) from None
            return now
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(f"{self.path}: {RUN} is damaged; use --fresh, or another folder") from None
        changed = [name for name in now or () if now and before.get(name) != now[name]]
        if now and changed:
            told = ", ".join(_told(name, before.get(name), now[name]) for name in changed)
            raise InputError(
                f"--out {self.path}: holds a run of another configuration: {told}. "
                "Give another folder, or --fresh to begin anew there"
            )
        return before

    def _keep_what_is_whole(self) -> set[int]:
        """Take away what a killed run left half written, and what an error of the machinery cut short."""
        done: set[int] = set()
        path = self.path / RESULTS

        def whole() -> Iterator[bytes]:
            with path.open("rb") as file:
                for line in file:
                    position = _position(line)
                    if position is not None and position not in done and json.loads(line)["error"] is None:
                        done.add(position)
                        yield line

        if path.exists():
            self._rewrite(whole())
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

    def _write_run(self, status: str) -> None:
        content = {"status": status, "fingerprint": self._fingerprint, "times": self.times}
        _replace(self.path / RUN, json.dumps(content, indent=1) + "\n")


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


def read_summary(path: Path) -> Summary:
    """The summary of the run in the folder `path`. Raises `InputError`."""
    file = path / SUMMARY
    try:
        return Summary.model_validate_json(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}: give the folder of a run that has ended") from error
    except ValidationError:
        raise InputError(f"{file}: this is no summary of this version; try `handoff eval regrade`") from None


def _replace(path: Path, text: str) -> None:
    _beside(path).write_text(text, "utf-8")
    _beside(path).replace(path)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _position(line: bytes) -> int | None:
    """The number of the conversation; None for what a killed run left half written."""
    try:
        return int(json.loads(line)["position"]) if line.endswith(b"\n") else None
    except (ValueError, KeyError, TypeError):
        return None


def _told(name: str, before: Any, now: Any) -> str:
    if isinstance(now, str) and len(now) == 64:
        return f"{name} changed"
    return f"{name} was {before!r} and is {now!r}"
