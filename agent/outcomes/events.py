"""Outbound events of the appliance: what is kept of one, and the sessions that they tell of.

They come in order, and one that was not answered with 200 comes again (the vendor's guide). The documented fields
say who owns a session only by a name, so a name is kept only if it is a team's of the catalogue.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from agent.outcomes.session import Place, Session, Stay, id_in, reference_in, time_in
from agent.outcomes.teams import Teams
from agent.records.base import Record

_NAMES = re.compile(r"[a-z][a-z_]{0,63}")
_PREFIX = "support_conference_"
_SAME = 2
"""Seconds between a change of owner and a representative's joining that are one act, in either order."""

Member = Literal["customer", "representative"]


class Event(Record):
    """What is kept of an event; `at` in Unix seconds, `team` the new owner's name if it is a team's.

    `member` is the kind of who came or went, which not every appliance tells.
    """

    event: str = ""
    at: int
    session: str = ""
    reference: str = ""
    team: str | None = None
    member: Member | None = None

    @classmethod
    def of(cls, form: Mapping[str, str], teams: Teams, now: float) -> "Event":
        """The event that a form tells, understood or not; `now` stands in where it gives no time."""
        name, kind = form.get("event", ""), form.get("type", "")
        team = teams.named(form.get("conference_name", "").strip())
        return cls(
            event=name if _NAMES.fullmatch(name) else "",
            at=time_in(form.get("timestamp")) or int(now),
            session=id_in(form.get("lsid")),
            reference=reference_in(form.get("external_key")),
            team=team.name if team else None,
            member="customer"
            if kind == "customer"
            else "representative"
            if kind == "representative"
            else None,
        )


def sessions_of(events: Iterable[Event]) -> list[Session]:
    """The sessions of `events`, which are in the order in which they came; one that came twice counts once."""
    by_session: dict[str, dict[Event, None]] = {}
    for event in events:
        if event.session:
            by_session.setdefault(event.session, {})[event] = None
    return [_session(id_, list(own)) for id_, own in by_session.items()]


def _session(id_: str, events: list[Event]) -> Session:
    def first(name: str) -> int | None:
        return next((event.at for event in events if event.event == _PREFIX + name), None)

    return Session(
        id=id_,
        reference=next((event.reference for event in events if event.reference), ""),
        started=first("begin"),
        ended=first("end"),
        stays=tuple(_stays(events)),
    )


def _stays(events: list[Event]) -> list[Stay]:
    told = any(event.member for event in events)
    stays: list[Stay] = []
    people = 0
    for event in events:
        last = stays[-1] if stays else None
        match event.event.removeprefix(_PREFIX):
            case "member_added" if event.member == "representative":
                people += 1
                if last and last.place == Place() and abs(event.at - (last.at or 0)) <= _SAME:
                    stays[-1] = Stay(last.at, None)
            case "member_departed" if event.member == "representative":
                people = max(0, people - 1)
            case "owner_changed" if event.team:
                stays.append(Stay(event.at, Place(name=event.team)))
            case "owner_changed":
                # Not a team that is known: a representative, or a queue of somebody else.
                person = people > 0 if told else last is not None
                stays.append(Stay(event.at, None if person else Place()))
    return stays
