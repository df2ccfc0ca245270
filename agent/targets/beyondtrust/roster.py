"""Teams with their issues and members, and who is logged in, as the command API tells it: ids, and no person's name.

Of `get_support_teams` the vendor documents the frame, but not how an issue carries its names; so elements and
attributes are both read, and what is missing there is asked for in JSON, which newer releases have.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from agent.errors import TargetError
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.problems import Refused

_INT32 = 2**31
_NAMES = ("name", "title", "display_name", "")
_CODE_NAMES = ("code_name", "codename", "codeName")


class Issue(NamedTuple):
    """An issue that customers can choose. `code_name` is empty where the appliance does not tell it."""

    id: int | None
    code_name: str
    name: str

    @property
    def keys(self) -> tuple[str, ...]:
        """What a catalogue may call it: its code name and its number, as far as they are told."""
        return tuple(filter(None, (self.code_name, str(self.id or ""))))


class Team(NamedTuple):
    """A team. `code_name` is empty, and `members` (ids of representatives) None, where they are not told."""

    id: int
    name: str
    code_name: str
    members: frozenset[int] | None
    issues: tuple[Issue, ...]


async def teams(commands: Commands, *, low: bool = True, complete: bool = True) -> tuple[Team, ...]:
    """Every team; needs a read-only right to the command API. Raises `TargetError` or `StoreError`.

    `complete`: where the one answer in XML has no code names for issues, ask in JSON, with a request for each team.
    """
    root = await commands.command("get_support_teams", {"showmembers": "1"}, low=low, repeat=True)
    found = [team for team in map(_team, root) if team]
    if root.tag != "support_teams" or len(found) < len(root):
        raise TargetError("the appliance answered get_support_teams in a form that is not known")
    issues = [issue for team in found for issue in team.issues]
    if complete and not (issues and all(issue.code_name for issue in issues)):
        found = [await _with_issues_from_json(commands, team, low=low) for team in found]
    return tuple(found)


async def logged_in(commands: Commands, *, low: bool = True) -> frozenset[int]:
    """The ids of all who are logged in, busy or not; the same right. Raises `TargetError` or `StoreError`."""
    root = await commands.command("get_logged_in_reps", {}, low=low, repeat=True)
    people = [_id(_record(child)) for child in root]
    if root.tag != "logged_in_reps" or None in people:
        raise TargetError("the appliance answered get_logged_in_reps in a form that is not known")
    return frozenset(id_ for id_ in people if id_ is not None)


class Noted(NamedTuple):
    """What only the configuration knows of a team; empty where there is nothing."""

    code_name: str
    comments: str


async def noted(commands: Commands) -> Mapping[int, Noted]:
    """What the configuration knows of each team, by its id; needs a right to the configuration API.

    Raises `TargetError` (`Refused` where the account may not, or the release has no such API) or `StoreError`.
    """
    entries = [entry async for entry in commands.pages("team") if isinstance(entry, dict)]
    return {
        id_: Noted(_text(entry, _CODE_NAMES), _text(entry, ("comments",)))
        for entry in entries
        if (id_ := _id(entry))
    }


async def _with_issues_from_json(commands: Commands, team: Team, *, low: bool) -> Team:
    try:
        data = await commands.v2("GET", f"team/{team.id}/issue", low=low)
    except Refused:  # an older release, or it is not allowed: what is known stays
        return team
    listed = data if isinstance(data, list) else []
    return team._replace(issues=_issues(entry for entry in listed if isinstance(entry, dict)) or team.issues)


def _team(element: Element) -> Team | None:
    record = _record(element)
    id_ = _id(record)
    if id_ is None:
        return None
    members, issues = element.find("members"), element.find("issues")
    people = None if members is None else [_id(_record(member)) for member in members]
    return Team(
        id=id_,
        name=_text(record, _NAMES),
        code_name=_text(record, _CODE_NAMES),
        members=None if people is None or None in people else frozenset(filter(None, people)),
        issues=() if issues is None else _issues(map(_record, issues)),
    )


def _issues(records: Iterable[Mapping[str, Any]]) -> tuple[Issue, ...]:
    return tuple(Issue(_id(record), _text(record, _CODE_NAMES), _text(record, _NAMES)) for record in records)


def _record(element: Element) -> dict[str, Any]:
    """What an element says, by attributes, by children, and as its own text (under no name)."""
    children = {child.tag: child.text for child in element}
    return {**element.attrib, **children, "": element.text}


def _text(record: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of `names` that has a text, on one line."""
    texts = (" ".join(str(record[name] or "").split()) for name in names if name in record)
    return next(filter(None, texts), "")


def _id(record: Mapping[str, Any]) -> int | None:
    text = str(record.get("id") or "").strip()
    return (
        int(text)
        if text.isascii() and text.isdecimal() and len(text) <= 10 and 0 < int(text) < _INT32
        else None
    )
