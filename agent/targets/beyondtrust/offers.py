"""What of an appliance can become queues of a catalogue."""

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.pull.offered import Offer, Offered, clean_description, clean_name, key_of
from agent.errors import TargetError
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.problems import Refused
from agent.targets.beyondtrust.roster import Issue, Noted, Team, noted, teams

Settings = PortalLinkSettings | SessionKeySettings
_CODE = re.compile(
    r"(?=.*[A-Za-z_-])[A-Za-z0-9_-]{1,64}"
)  # in digits alone it would be a number in a catalogue
_NO_COMMENTS = "comments on teams make no descriptions, which takes a right to the Configuration API"
_NO_ISSUES = (
    "{host} tells of no {what}: look whether /login > Configuration > Issues has some, and whether the API account "
    "may see them (/login > Management > API Configuration: Command API, read-only or more)"
)


async def offered(commands: Commands, settings: Settings) -> Offered:
    """What the appliance has for a catalogue with this target. Raises `TargetError` or `StoreError`."""
    found = await teams(commands)
    notes: tuple[str, ...] = ()
    known: Mapping[int, Noted] = {}
    try:
        known = await noted(commands)
    except Refused as refused:
        notes = (f"{_NO_COMMENTS}: {refused}",)
    made = offers(found, known, settings)
    if not made.offers:
        what = "issue" if isinstance(settings, PortalLinkSettings) else "issue or team"
        raise TargetError(_NO_ISSUES.format(host=settings.host, what=what))
    return made._replace(notes=notes + made.notes)


def offers(found: Sequence[Team], known: Mapping[int, Noted], settings: Settings) -> Offered:
    """Every issue as a queue, and, where the target can, every team that has none."""
    by_link = isinstance(settings, PortalLinkSettings)
    by_team = isinstance(settings, SessionKeySettings) and settings.on_failure is None
    new: list[Offer] = []
    by_key: dict[str, Offer] = {}
    notes: list[str] = []
    for team in found:
        code, comments = known.get(team.id, Noted("", ""))
        description = clean_description(comments)
        whole = _team(team, code or team.code_name, description)
        # What is noted of a team would not tell its issues apart.
        issues = [_issue(issue, team, description if len(team.issues) == 1 else "") for issue in team.issues]
        for offer in (whole, *issues):
            for key in offer.keys:
                by_key.setdefault(key, offer)
        usable = [offer for offer in issues if offer.issue and (by_link or not offer.issue.isdecimal())]
        new += usable or ([whole] if by_team else [])
        notes += _left_out(whole, issues, usable, by_team=by_team)
    codes = [issue.code_name for team in found for issue in team.issues]
    told = bool(codes) and all(code.isdecimal() or _CODE.fullmatch(code) for code in codes)
    return Offered(tuple(_each_once(new)), by_key, told, tuple(notes))


def _team(team: Team, code: str, description: str) -> Offer:
    id_ = _id(code if _CODE.fullmatch(code) else "", f"team-{team.id}")
    name = clean_name(team.name, f"Team {team.id}")
    return Offer(id_, name, None, team.id, (f"team:{team.id}",), description)


def _issue(issue: Issue, team: Team, description: str) -> Offer:
    code = issue.code_name if _CODE.fullmatch(issue.code_name) else ""
    number = str(issue.id or "")
    otherwise = f"issue-{number}" if number else "issue"
    keys = tuple(filter(None, (key_of(code, None), key_of(number, None))))
    name = clean_name(issue.name, code or f"Issue {number}".strip())
    id_ = _id(code, otherwise)
    called = clean_name(team.name, "")
    return Offer(id_, name, code or number or None, team.id, keys, description, called)


def _id(code: str, otherwise: str) -> str:
    return code if any(c.isalnum() for c in code) else otherwise


def _left_out(
    whole: Offer, issues: Sequence[Offer], usable: Sequence[Offer], *, by_team: bool
) -> Iterator[str]:
    if not usable and not by_team:
        yield f"{whole.name}: this team has no issue that a link can lead to, so it gets no queue"
    elif len(usable) < len(issues):
        names = ", ".join(offer.name for offer in issues if offer not in usable)
        yield f"{whole.name}: the appliance does not tell how to address {names}, so it gets no queue"


def _each_once(found: Sequence[Offer]) -> Iterator[Offer]:
    seen: set[str] = set()
    for offer in found:
        if seen.isdisjoint(offer.keys):
            yield offer
        seen.update(offer.keys)
