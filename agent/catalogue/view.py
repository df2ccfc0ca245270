"""The part of a catalogue that one person may see. Everything behind the filter works on a view only.

Promise 2 stands here: prompts, retrieval, lists and examples get a view, never the catalogue.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from agent.catalogue.schema import Catalogue, Queue
from agent.records.user import User
from agent.retrieval.ranker import Ranker


def may_see(queue: Queue, user: User) -> bool:
    """Whether every `only_for` key matches one of the person's values; a missing attribute hides."""

    def values(key: str) -> Sequence[str]:
        value = user.attributes.get(key, ())
        return (value,) if isinstance(value, str) else value

    return all(set(allowed) & set(values(key)) for key, allowed in queue.only_for.items())


class Hit(NamedTuple):
    """A queue that fits a text, with its score between 0 and 1."""

    queue: Queue
    score: float


class View:
    """The visible queues, in the catalogue's order, with search over just them.

    `key` is equal for people who may see the same queues of the same catalogue: what is made from a view
    (the prompt's stable prefix, the search index) can be kept by it.
    """

    def __init__(self, catalogue: Catalogue, queues: tuple[Queue, ...]) -> None:
        self.catalogue_hash = catalogue.hash
        self.queues = queues
        self.default: Queue = catalogue.by_id[catalogue.default_queue]
        self.key = (catalogue.hash, tuple(queue.id for queue in queues))

    @cached_property
    def by_id(self) -> Mapping[str, Queue]:
        """The visible queues by id."""
        return {queue.id: queue for queue in self.queues}

    def get(self, id_: str | None) -> Queue | None:
        """The queue, or None where it does not exist or this person may not see it: no difference is made."""
        return self.by_id.get(id_) if id_ else None

    @cached_property
    def ranker(self) -> Ranker:
        """The search index over the visible queues, made when it is first needed."""
        return Ranker([_document(queue) for queue in self.queues])

    def search(self, text: str, limit: int = 5, *, language: str | None = None) -> list[Hit]:
        """The visible queues that fit `text` best, best first, with scores between 0 and 1.

        Between queues that fit equally well, one that speaks `language` comes first.
        """
        hits = [Hit(self.queues[index], score) for index, score in self.ranker.search(text, limit)]
        if language:
            hits.sort(key=lambda hit: (-round(hit.score, 2), language not in hit.queue.languages))
        return hits


def _document(queue: Queue) -> list[tuple[str, float]]:
    # A name says more per word than a description; an example is how people themselves say it.
    return [(queue.name, 2.0), (queue.description, 1.0), *((example, 1.0) for example in queue.examples)]


class Views:
    """Makes views of one catalogue and keeps them, one per set of visible queues."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._restricted = tuple(queue for queue in catalogue.queues if queue.only_for)
        self._views: dict[frozenset[str], View] = {}

    def of(self, user: User) -> View:
        """What `user` may see."""
        hidden = frozenset(queue.id for queue in self._restricted if not may_see(queue, user))
        if hidden not in self._views:
            queues = tuple(queue for queue in self.catalogue.queues if queue.id not in hidden)
            self._views[hidden] = View(self.catalogue, queues)
        return self._views[hidden]
