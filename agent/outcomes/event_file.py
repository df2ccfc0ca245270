"""The file of events, one JSON object a line: what was added is on the disk before anybody is told so."""

import os
import threading
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from agent.errors import InputError
from agent.files import PRIVATE
from agent.outcomes.events import Event


class EventFile:
    """Adds events to the file `path`, from any thread; readable by its owner only.

    Raises `OSError` where it cannot be opened or written; then the event may stand there in part, and what is added
    next begins on a line of its own.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE)
        _sync_folder(path.resolve().parent)
        size = os.fstat(self._file).st_size
        self._torn = size > 0 and os.pread(self._file, 1, size - 1) != b"\n"

    def add(self, event: Event) -> None:
        """Write `event` to the disk."""
        line = event.model_dump_json(exclude_defaults=True).encode() + b"\n"
        with self._lock:
            rest = b"\n" + line if self._torn else line
            self._torn = True
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
            self._torn = False

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


class EventsRead(NamedTuple):
    """The events of a file, in their order, and how many lines are none."""

    events: list[Event]
    damaged: int


def read_events(path: Path) -> EventsRead:
    """Every event in `path`. A line that is none, such as one cut by a crash, is counted. Raises `InputError`."""
    events: list[Event] = []
    damaged = 0
    try:
        with path.open("rb") as file:
            for line in filter(bytes.strip, file):
                try:
                    events.append(Event.model_validate_json(line))
                except ValidationError:
                    damaged += 1
    except OSError as error:
        raise InputError(
            f"--events {path}: {error.strerror}; give a file that `handoff events --out` writes"
        ) from None
    return EventsRead(events, damaged)


def _sync_folder(folder: Path) -> None:
    """The file's name has to be on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
