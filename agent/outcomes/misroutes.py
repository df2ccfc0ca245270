"""Misroutes: a chat that another queue's team took over soon, and that was no normal escalation."""

from agent.outcomes.conversations import Handed
from agent.outcomes.outcome import Outcome
from agent.outcomes.teams import Team, Teams
from agent.records.base import Record

MINUTES = 10
"""Within which a transfer to a peer is taken for the correction of a misroute."""


class Misroute(Record):
    """The handoff, and the team that took it over `after` so many seconds, with the ids of its queues."""

    outcome: Outcome
    to_team: str
    queues: tuple[str, ...]
    after: int


def misroute_in(
    outcome: Outcome, teams: Teams, handed: Handed | None = None, *, minutes: float = MINUTES
) -> Misroute | None:
    """The misroute in `outcome`, if there is one.

    Counted are transfers to a *peer*, a team that answers a queue of the catalogue, within `minutes` after the chat
    was taken (after its start, where it was passed on untaken). Several in a row are one, to the last; an escalation
    that is declared ends the row. It is none if the chat came to the team of the queue that was wanted in the first
    place, and closed.
    """
    at = _named(teams, outcome.team)
    if at is None:
        return None
    began, right, after = outcome.wait or 0, at, 0
    escalates = _escalations(teams, (outcome.queue,) if outcome.queue else at.queues)
    for transfer in outcome.transfers:
        to = _named(teams, transfer.to_team)
        seconds = max(0, transfer.after - began)
        if to is None or seconds > minutes * 60 or escalates & set(to.queues):
            break
        right, after, escalates = to, seconds, _escalations(teams, to.queues)
    if right == at or (handed and handed.wanted in right.queues):
        return None
    return Misroute(outcome=outcome, to_team=right.name, queues=right.queues, after=after)


def _escalations(teams: Teams, queues: tuple[str, ...]) -> set[str]:
    """The queues to which chats of `queues` are normally passed on."""
    return {id_ for queue in queues for id_ in teams.catalogue.by_id[queue].escalates_to}


def _named(teams: Teams, name: str | None) -> Team | None:
    return teams.named(name) if name else None
