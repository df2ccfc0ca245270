"""What became of a handoff. Ids, names of teams and times, nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime

from agent.outcomes.conversations import Handed
from agent.outcomes.session import Session, Stay
from agent.outcomes.teams import Team, Teams
from agent.records.base import Record


class Transfer(Record):
    """From one team's queue to another's, `after` so many seconds from the start; None: no team of the catalogue."""

    from_team: str | None
    to_team: str | None
    after: int


class Outcome(Record):
    """One handoff: the proposal's reference, the session's id, and what happened.

    `queue` is the id of the queue that it was handed to, where that is known, `team` the team that answers it, as the
    catalogue says. `first_team` is the team in whose queue a representative took it first, `wait` seconds from the
    start; with `taken` and no `first_team` it was none of the catalogue's. `abandoned`: it ended, and nobody had taken it.
    """

    reference: str
    session: str
    queue: str | None
    team: str | None
    started: datetime | None
    taken: bool
    first_team: str | None
    wait: int | None
    transfers: tuple[Transfer, ...]
    abandoned: bool
    ended: datetime | None

    @property
    def decided(self) -> bool:
        """Whether it is known if somebody took it."""
        return self.taken or self.abandoned


def outcome_of(session: Session, teams: Teams, handed: Handed | None = None) -> Outcome:
    """The outcome of `session`; `handed` is what the conversation says about it, where there is one."""
    queue, team = _queue(session, teams, handed)
    place: Team | None = None
    known = False  # whether it was in a team's queue yet: before that, nothing is a transfer
    taken: Stay | None = None
    first: Team | None = None
    transfers: list[Transfer] = []
    for stay in session.stays:
        if stay.place is None:
            if taken is None:
                taken, first = stay, place
            continue
        now = teams.of(stay.place)
        if known and now != place:
            transfers.append(
                Transfer(from_team=_name(place), to_team=_name(now), after=_seconds(session, stay.at) or 0)
            )
        place, known = now, known or now is not None
    return Outcome(
        reference=session.reference,
        session=session.id,
        queue=queue,
        team=_name(team),
        started=_moment(session.started),
        taken=taken is not None,
        first_team=_name(first),
        wait=_seconds(session, taken.at) if taken else None,
        transfers=tuple(transfers),
        abandoned=taken is None and session.ended is not None,
        ended=_moment(session.ended),
    )


def _queue(session: Session, teams: Teams, handed: Handed | None) -> tuple[str | None, Team | None]:
    """The queue that it was handed to, as the conversation says, the session's own field, or its first team's only one."""
    if handed and handed.queue_id in teams.catalogue.by_id:
        return handed.queue_id, teams.of_queue(handed.queue_id)
    named = teams.queue_named(session.queue) if session.queue else None
    if named:
        return named.id, teams.of_queue(named.id)
    first = next(_teams_of(session, teams), None)
    return (first.queues[0] if first and len(first.queues) == 1 else None), first


def _teams_of(session: Session, teams: Teams) -> Iterator[Team]:
    found = (teams.of(stay.place) for stay in session.stays)
    return (team for team in found if team)


def _seconds(session: Session, at: int | None) -> int | None:
    """Seconds from the start to `at`; a clock that was set back makes no time negative."""
    if session.started is None or at is None:
        return None
    return max(0, at - session.started)


def _name(team: Team | None) -> str | None:
    return team.name if team else None


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
