"""Which queues get what belongs to others, and what there is to go by to tell them apart."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from agent.catalogue.schema import Catalogue, Queue
from agent.records.base import Record
from evals.doctor.routing import Routed

PAIRS = 10
"""So many pairs, the worst, are looked at for a better description."""
FEWEST = 2
"""Cases of a pair that is looked at: one alone shares its words with nobody."""


class Lost(Record):
    """A case that went to a wrong queue, and what its person tells."""

    id: str
    text: str


class Confusion(Record):
    """Cases that belong to one queue and went to another."""

    belongs: str
    went: str
    cases: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a better description of `queue` can be made from: texts of people.

    `lost` went to the `rivals`; `own` is all that belongs to the queue, `others` what belongs to any other one.
    """

    queue: Queue
    rivals: tuple[Queue, ...]
    lost: tuple[str, ...]
    own: tuple[str, ...]
    others: tuple[str, ...]


def confusions(routed: Sequence[Routed]) -> list[Confusion]:
    """Every pair that is confused, the one with most cases first."""
    pairs: dict[tuple[str, str], list[Lost]] = defaultdict(list)
    for one in routed:
        if not one.is_right:
            pairs[one.belongs, one.queue].append(Lost(id=one.told.id, text=one.told.text))
    found = [Confusion(belongs=pair[0], went=pair[1], cases=tuple(lost)) for pair, lost in pairs.items()]
    return sorted(found, key=lambda pair: -len(pair.cases))


def evidence(catalogue: Catalogue, routed: Sequence[Routed]) -> list[Evidence]:
    """What there is for each queue that lost cases in one of the worst pairs."""
    worst = [pair for pair in confusions(routed)[:PAIRS] if len(pair.cases) >= FEWEST]
    found = []
    for id_ in dict.fromkeys(pair.belongs for pair in worst):
        pairs = [pair for pair in worst if pair.belongs == id_]
        found.append(
            Evidence(
                queue=catalogue.by_id[id_],
                rivals=tuple(catalogue.by_id[pair.went] for pair in pairs),
                lost=tuple(lost.text for pair in pairs for lost in pair.cases),
                own=tuple(one.told.text for one in routed if id_ in one.told.right),
                others=tuple(one.told.text for one in routed if id_ not in one.told.right),
            )
        )
    return found
