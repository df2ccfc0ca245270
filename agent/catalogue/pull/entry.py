"""One queue as it is written into a file, and the comments that belong to `handoff queues pull`."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from agent.catalogue.beyondtrust import BeyondTrust
from agent.catalogue.places import Style
from agent.catalogue.scalars import quoted, scalar
from agent.catalogue.schema import Queue

TO_WRITE = "# to be written: what people need help with, in their words"
GONE = re.compile(r"[ \t]*# gone from the appliance since \d{4}-\d{2}-\d{2}[ \t]*\r?\n?")
_RECORD = re.compile(r'# on the appliance: ("(?:[^"\\\n]|\\.)*"), team (\d{1,10})')


class Record(NamedTuple):
    """What the appliance said when the queue was last pulled; it stands in a comment, from `start` to `end`."""

    name: str
    team: int
    start: int = 0
    end: int = 0

    def __str__(self) -> str:
        return f"# on the appliance: {quoted(self.name)}, team {self.team}"


def record_in(text: str, start: int, end: int) -> Record | None:
    """The record between two places of a file; None where there is none, or nobody can read it any more."""
    found = _RECORD.search(text, start, end)
    if not found:
        return None
    try:
        name = json.loads(found[1])
    except ValueError:
        return None
    return Record(name, int(found[2]), *found.span())


def gone_line(today: date, style: Style) -> str:
    """The line above an entry whose issue or team is gone."""
    return f"{' ' * style.dash}# gone from the appliance since {today.isoformat()}{style.newline}"


def entry(queue: Queue, style: Style) -> str:
    """`queue` in the style of the file: whole lines, without the line breaks before and behind."""
    address = queue.beyondtrust or BeyondTrust()
    ways = {"issue": scalar(address.issue)} if address.issue else {}
    ways |= {"team": str(address.team)}
    ways |= {"team_name": quoted(address.team_name)} if address.team_name else {}
    keys = {
        "id": scalar(queue.id),
        "name": scalar(queue.name),
        "description": quoted(queue.description),
        "beyondtrust": _braces(ways),
    }
    record = f"  {Record(queue.name, address.team or 0)}"
    dash = " " * style.dash + "-" + " " * max(1, style.column - style.dash - 1)
    if style.in_brackets:
        return _braces(keys)
    if style.flow:
        return dash + _braces(keys) + record
    comments = {"description": "" if queue.description else f"  {TO_WRITE}", "beyondtrust": record}
    lines = [f"{key}: {value}{comments.get(key, '')}" for key, value in keys.items()]
    return dash + (style.newline + " " * style.column).join(lines)


def _braces(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"
