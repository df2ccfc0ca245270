"""The review file: one misroute a line, for a person to say which are to teach. It is only ever added to."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import Field, StrictBool, ValidationError

from agent.errors import FileError, Mistake
from agent.files import PRIVATE
from agent.outcomes.misroutes import Misroute
from agent.records.base import Record


class Entry(Record):
    """A misroute. `approved` is a person's: true makes it a case, false does not; null is not decided yet.

    `queue` is where it was handed to, `to_team` who took it over, with the `queues` that it answers. `case` is the
    eval case that it would make, None where the conversation is not known.
    """

    approved: StrictBool | None = None
    reference: str = Field(min_length=1)
    session: str = ""
    started: datetime | None = None
    queue: str | None = None
    team: str | None = None
    to_team: str
    queues: tuple[str, ...]
    after: int = 0
    case: dict[str, Any] | None = None


def read_review(path: Path) -> list[Entry]:
    """Every entry of the file, none where there is no file. Raises `FileError` with every bad line."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    entries: list[Entry] = []
    mistakes: list[Mistake] = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                entries.append(Entry.model_validate_json(line))
            except ValidationError as error:
                mistakes.append(Mistake(number, _explained(error)))
    if mistakes:
        raise FileError(str(path), mistakes)
    return entries


def add_to_review(
    path: Path, misroutes: Iterable[Misroute], case: Callable[[Misroute], dict[str, Any] | None]
) -> int:
    """Add the misroutes that are not in the file yet; how many. What stands there stays, byte for byte."""
    there = {entry.reference for entry in read_review(path)}
    new = [misroute for misroute in misroutes if misroute.outcome.reference not in there]
    lines = "".join(_entry(misroute, case(misroute)).model_dump_json() + "\n" for misroute in new).encode()
    if lines:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE), "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
            file.write(b"\n" + lines if torn else lines)
            file.flush()
            os.fsync(file.fileno())
    return len(new)


def _entry(misroute: Misroute, case: dict[str, Any] | None) -> Entry:
    outcome = misroute.outcome
    return Entry(
        reference=outcome.reference,
        session=outcome.session,
        started=outcome.started,
        queue=outcome.queue,
        team=outcome.team,
        to_team=misroute.to_team,
        queues=misroute.queues,
        after=misroute.after,
        case=case,
    )


def _explained(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if where == "approved":
        return "`approved` must be true, false or null"
    place = f"`{where}`: " if where else ""
    return f"{place}{first['msg']}: a line is an entry as `handoff outcomes --review` wrote it"
