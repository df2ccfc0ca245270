"""The files that commands have written, so that what is kept of a person can be found, and does not stay for ever."""

import json
import logging
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from agent.errors import SettingsError
from agent.files import PRIVATE, replace_file

log = logging.getLogger("agent.files")
Kind = Literal["conversation", "run", "recording", "answers", "cases", "outcomes", "review", "events"]
DAYS: dict[Kind, int] = {
    "conversation": 30,
    "run": 90,
    "recording": 90,
    "answers": 30,
    "cases": 400,
    "outcomes": 400,
    "review": 90,
    "events": 400,
}
"""After how many days without a change a file has been kept for long enough."""


class Artefact(NamedTuple):
    """A file, or the folder of an eval run."""

    path: Path
    kind: Kind

    def age(self) -> float:
        """Days since it was last changed."""
        newest = max(file.stat().st_mtime for file in [self.path, *files_of(self.path)])
        return max(0.0, time.time() - newest) / 86_400

    @property
    def is_over(self) -> bool:
        """Whether it has been kept for long enough."""
        return self.age() > DAYS[self.kind]


def files_of(path: Path) -> list[Path]:
    """`path` itself, or what lies in the folder, with the folder where it is empty."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file()) or [path]


def note(path: Path, kind: Kind) -> None:
    """Remember that `path` was written. Where that cannot be kept the command goes on: the file itself is there."""
    artefact = Artefact(path.resolve(), kind)
    try:
        if artefact not in _read():
            _list().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Added, not rewritten: several commands may do so at once.
            end = os.open(_list(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
            try:
                os.write(end, _line(artefact))
            finally:
                os.close(end)
    except (OSError, SettingsError) as error:
        log.warning("It is not remembered that %s was written: %s", path, error)


def known() -> list[Artefact]:
    """What was written and is still there, by path."""
    return sorted({artefact for artefact in _read() if artefact.path.exists()})


def forget(paths: Iterable[Path]) -> None:
    """Take `paths`, which were deleted, off the list. Raises `OSError`."""
    gone = set(paths)
    before = _read()
    after = [artefact for artefact in before if artefact.path not in gone]
    if after != before:
        replace_file(_list(), b"".join(map(_line, after)), mode=PRIVATE)


def sweep(kind: Kind, folder: Path) -> list[Path]:
    """Delete what of `kind` lies in `folder` and has been kept for long enough; returns what it was."""
    over = [a.path for a in known() if a.kind == kind and a.path.parent == folder.resolve() and a.is_over]
    for path in over:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    forget(over)
    return over


def _list() -> Path:
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "live-agent-handoff" / "artefacts.jsonl"


def _read() -> list[Artefact]:
    try:
        lines = _list().read_text("utf-8", "surrogateescape").splitlines()
        rows = [json.loads(line) for line in lines if line]
        return [Artefact(Path(path), kind) for path, kind in rows if kind in DAYS]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError):
        raise SettingsError(
            f"{_list()}: the list of written files cannot be read: mend it, or delete it and name the files with --in"
        ) from None


def _line(artefact: Artefact) -> bytes:
    return json.dumps([str(artefact.path), artefact.kind]).encode() + b"\n"
