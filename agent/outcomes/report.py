"""Sessions from the XML of the report `SupportSession`, whatever of it is there.

The vendor documents the frame, and real reports are recorded; what a team in `team_list` is made of is not known, so
it is read as text, attribute or child.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element

from agent.catalogue.beyondtrust import EXTERNAL_KEY, BeyondTrustSettings
from agent.catalogue.schema import TargetSettings
from agent.language.clean import one_line
from agent.outcomes.session import Place, Session, Stay, id_in, reference_in, time_in

_NAME = 100  # characters of a team's name
_OWNER_CHANGED = "conference owner changed"


class Fields(NamedTuple):
    """The session attributes that carry the reference and, if one does, the queue's name."""

    reference: str = EXTERNAL_KEY
    queue: str | None = None

    @classmethod
    def of(cls, target: TargetSettings) -> "Fields":
        """As the catalogue's target fills them."""
        if not isinstance(target, BeyondTrustSettings):
            return cls()
        return cls(
            target.correlation,
            next((code for code, source in target.fields.items() if source == "queue"), None),
        )


def sessions_in(root: Element, fields: Fields) -> Iterator[Session]:
    """Every session of a report whose tags have no namespace; one without an id is left out."""
    for element in root.iter("session"):
        id_ = id_in(element.get("lsid"))
        if id_:
            yield _session(element, id_, fields)


def _session(element: Element, id_: str, fields: Fields) -> Session:
    started = _time(element.find("start_time"))
    teams = tuple(_team(team) for team in element.findall("team_list/team"))
    return Session(
        id=id_,
        reference=reference_in(_attribute(element, fields.reference)),
        queue=one_line(_attribute(element, fields.queue), _NAME) if fields.queue else "",
        started=started,
        ended=_time(element.find("end_time")),
        stays=_stays(element, teams, started),
        teams=tuple(team for team in teams if team != Place()),
    )


def _stays(element: Element, teams: tuple[Place, ...], started: int | None) -> tuple[Stay, ...]:
    people = {_text(name).casefold() for person in element.findall("rep_list/*") for name in person}
    numbers = {team.name.casefold(): team.number for team in teams}
    stays: list[Stay] = []
    for event in element.iterfind("session_details/event"):
        if (event.get("event_type") or "").strip().lower() != _OWNER_CHANGED:
            continue
        to = event.find("destination")
        name = _owner(event, to)
        person = (to is not None and to.get("type") == "representative") or name.casefold() in people - {""}
        place = None if person else Place(numbers.get(name.casefold()), name)
        stays.append(Stay(time_in(event.get("timestamp")), place))
    if not stays and len(teams) == 1:
        stays.append(Stay(started, teams[0]))
    joined = _time(element.find("rep_join_time"))
    if joined is not None and all(stay.place for stay in stays):
        after = sum(stay.at is None or stay.at <= joined for stay in stays)
        stays.insert(after, Stay(joined, None))
    return tuple(stays)


def _owner(event: Element, to: Element | None) -> str:
    values = (value for value in event.iterfind("data/value") if value.get("name") == "owner")
    named = next((value.get("value") or _text(value) for value in values), "")
    return one_line(named or ("" if to is None else _text(to)), _NAME)


def _team(element: Element) -> Place:
    """A team of `team_list`, which has its name and number in one of several forms."""
    told = {**element.attrib, **{child.tag: _text(child) for child in element}}
    number = (told.get("id") or "").strip()
    name = told.get("name") or told.get("display_name") or (element.text or "")
    usable = number.isascii() and number.isdecimal() and len(number) <= 10
    return Place(int(number) if usable else None, one_line(name, _NAME))


def _attribute(element: Element, code: str) -> str:
    """A session attribute by its code name; `external_key` has an element of its own."""
    if code == EXTERNAL_KEY:
        return _text(element.find(EXTERNAL_KEY))
    for custom in element.iterfind("custom_attributes/*"):
        if code in (custom.get("code_name"), custom.get("name"), custom.tag):
            return _text(custom) or custom.get("value") or ""
    return ""


def _time(element: Element | None) -> int | None:
    """The moment that an element gives as its attribute `timestamp`, else as its text."""
    if element is None:
        return None
    found = time_in(element.get("timestamp"))
    if found is not None:
        return found
    try:
        moment = datetime.fromisoformat(_text(element))
        return time_in(str(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())))
    except (ValueError, OverflowError):
        return None


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
