"""What an appliance has, as a catalogue can address it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from agent.catalogue.beyondtrust import BeyondTrust
from agent.catalogue.schema import Queue
from agent.language.clean import one_line

_NAME = 100  # characters, as the schema has it
_DESCRIPTION = 5000
_NONCHARACTERS = dict.fromkeys([0xFEFF, 0xFFFE, 0xFFFF])


class Offer(NamedTuple):
    """An issue, or a team as a whole.

    `name` is the appliance's, cleaned; `id` is readable and stable, but not yet unique. `keys` are all ways in which
    a catalogue may address it, see `key_of`. `issue` is what a new queue gets; None for a team as a whole, whose name
    is `name`. `team_name` is the name of an issue's team.
    """

    id: str
    name: str
    issue: str | None
    team: int
    keys: tuple[str, ...]
    description: str = ""
    team_name: str = ""


class Offered(NamedTuple):
    """`offers`: what a catalogue of this kind should have a queue for. `by_key`: everything that can be addressed.

    `issues_told`: whether there are issues, each with a code name; if not, one that is not there may exist all the same.
    `notes`: what is left out, and why.
    """

    offers: tuple[Offer, ...]
    by_key: Mapping[str, Offer]
    issues_told: bool
    notes: tuple[str, ...]


def key_of(issue: str | None, team: int | None) -> str | None:
    """What an address leads to: `issue:CODE`, `issue:NUMBER` or `team:NUMBER`; None where there is none."""
    if issue:
        return f"issue:{int(issue) if issue.isdecimal() else issue}"
    return f"team:{team}" if team else None


def clean_name(text: str, otherwise: str) -> str:
    """`text` as a queue's name: one line of plain text, at most 100 characters; `otherwise` where nothing is left."""
    name = one_line(text.translate(_NONCHARACTERS), _NAME)
    return name if any(c.isprintable() and c != " " for c in name) else otherwise


def clean_description(text: str) -> str:
    """`text` as a queue's description: one line, at most 5,000 characters."""
    return one_line(text.translate(_NONCHARACTERS), _DESCRIPTION)


def as_queues(offers: Iterable[Offer], taken: Iterable[str] = ()) -> list[Queue]:
    """New queues with ids that neither stand twice nor are `taken`."""
    ids, queues = set(taken), []
    for offer in offers:
        id_, number = offer.id, 1
        while id_ in ids:
            number += 1
            id_ = f"{offer.id}-{number}"
        ids.add(id_)
        # Outbound events name teams, without their numbers.
        address = BeyondTrust(issue=offer.issue, team=offer.team, team_name=offer.team_name or None)
        queues.append(Queue(id=id_, name=offer.name, description=offer.description, beyondtrust=address))
    return queues
