"""Support sessions: where they wait, who takes them, and what happened."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from agent.appliance.site import Issue, Representative, Site, Team

SYSTEM = ("system", "System")


@dataclass(frozen=True, slots=True)
class Place:
    """A queue: the general one, a team's or a representative's own; `issue` is what led there."""

    kind: Literal["general", "team", "rep"] = "general"
    id: int = 0
    name: str = "General queue"
    issue: Issue | None = None

    @classmethod
    def of_team(cls, team: Team, issue: Issue | None = None) -> "Place":
        """The team's queue."""
        return cls("team", team.id, team.name, issue)

    @classmethod
    def of_representative(cls, person: Representative) -> "Place":
        """The representative's own queue."""
        return cls("rep", person.id, person.display_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a session begins with: what the representative is shown of it."""

    place: Place
    portal: str
    started_by: str
    customer: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, str] = field(default_factory=dict)
    external_key: str = ""
    priority: int = 2
    skills: tuple[str, ...] = ()
    locale: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened: `by` and `to` are a type (system, customer, representative) and a name."""

    time: float
    what: str
    by: tuple[str, str] = SYSTEM
    to: tuple[str, str] | None = None
    owner: str | None = None


@dataclass(slots=True)
class Session:
    """A session. Times are Unix seconds; `owner` is the representative who has it now."""

    lsid: str
    number: int
    given: Given
    started: float
    place: Place
    external_key: str
    custom: dict[str, str]
    joined: float | None = None
    ended: float | None = None
    owner: Representative | None = None
    representatives: list[Representative] = field(default_factory=list)
    teams: list[tuple[int, str]] = field(default_factory=list)
    history: list[Happened] = field(default_factory=list)

    @property
    def customer(self) -> tuple[str, str]:
        """The customer as somebody who does something."""
        return ("customer", self.given.customer.get("name") or "Customer")


class Listener(Protocol):
    """Told the name of an outbound event, its session, and who came or went, as a type and a name."""

    def __call__(self, event: str, session: Session, member: tuple[str, str] | None = None) -> None:
        """Something happened."""


class Sessions:
    """All sessions, newest last, and everything that can happen to them."""

    def __init__(self, site: Site, clock: Callable[[], float], tell: Listener) -> None:
        self._clock, self._tell = clock, tell
        self._all: dict[str, Session] = {}
        self.logged_in = {person.id for person in site.representatives if person.logged_in}
        self._site = site

    def __len__(self) -> int:
        return len(self._all)

    @property
    def all(self) -> list[Session]:
        """Every session."""
        return list(self._all.values())

    @property
    def last(self) -> Session:
        """The newest session."""
        return self.all[-1]

    def get(self, lsid: str) -> Session | None:
        """The session with this id of 32 hexadecimal digits."""
        return self._all.get(lsid.lower())

    def available(self, place: Place) -> bool:
        """Whether somebody who could take a session from `place` is logged in."""
        if place.kind == "general":
            return bool(self.logged_in)
        if place.kind == "rep":
            return place.id in self.logged_in
        team = self._site.team(str(place.id))
        return team is not None and any(p.id in self.logged_in for p in self._site.members(team))

    def start(self, given: Given) -> Session:
        """A customer begins a session and waits in its queue."""
        session = Session(
            lsid=secrets.token_hex(16),
            number=len(self._all) + 1,
            given=given,
            started=self._clock(),
            place=given.place,
            external_key=given.external_key,
            custom=dict(given.custom),
        )
        self._all[session.lsid] = session
        self._note(session, "Session Start")
        self._tell("support_conference_begin", session)
        self._note(session, "Conference Member Added", to=session.customer)
        self._tell("support_conference_member_added", session, session.customer)
        self._moved(session, given.place)
        return session

    def accept(self, session: Session, person: Representative) -> None:
        """A representative takes the session, from a queue or from a colleague."""
        if session.ended is not None or session.owner == person:
            return
        me = ("representative", person.display_name)
        session.joined = session.joined or self._clock()
        if person not in session.representatives:
            session.representatives.append(person)
        self._note(session, "Conference Member Added", to=me)
        self._tell("support_conference_member_added", session, me)
        session.owner = person
        self._note(session, "Conference Owner Changed", by=me, to=me, owner=person.display_name)
        self._tell("support_conference_owner_changed", session)

    def transfer(self, session: Session, place: Place) -> None:
        """Put the session into another queue, where it waits again."""
        if session.ended is not None:
            return
        self._release(session)
        self._moved(session, place)

    def end(self, session: Session) -> None:
        """The representative, or the system, ends the session."""
        if session.ended is not None:
            return
        self._release(session)
        self._over(session)

    def leave(self, session: Session) -> None:
        """The customer closes the chat: abandoned, if nobody has taken it."""
        if session.ended is not None:
            return
        self._note(session, "Conference Member Departed", by=session.customer, to=session.customer)
        self._tell("support_conference_member_departed", session, session.customer)
        self._over(session)

    def _moved(self, session: Session, place: Place) -> None:
        session.place = place
        if place.kind == "team" and (place.id, place.name) not in session.teams:
            session.teams.append((place.id, place.name))
        self._note(session, "Conference Owner Changed", to=("system", place.name), owner=place.name)
        self._tell("support_conference_owner_changed", session)

    def _release(self, session: Session) -> None:
        if session.owner is None:
            return
        me = ("representative", session.owner.display_name)
        session.owner = None
        self._note(session, "Conference Member Departed", by=me, to=me)
        self._tell("support_conference_member_departed", session, me)

    def _over(self, session: Session) -> None:
        session.ended, session.owner = self._clock(), None
        self._note(session, "Session End")
        self._tell("support_conference_end", session)

    def _note(
        self,
        session: Session,
        what: str,
        by: tuple[str, str] = SYSTEM,
        to: tuple[str, str] | None = None,
        owner: str | None = None,
    ) -> None:
        session.history.append(Happened(self._clock(), what, by, to, owner))
