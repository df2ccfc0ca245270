"""The part of a catalogue that one person may see. Everything behind the filter works on a view only.

Promise 2 stands here: prompts, retrieval, lists and examples get a view, never the catalogue.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import NamedTuple

from agent.catalogue.gathered import evenly
from agent.catalogue.schema import Catalogue, Queue
from agent.language.locale import WORD
from agent.language.placeholders import without_placeholders
from agent.language.understand import content_words
from agent.records.user import User
from agent.retrieval.index import Index
from agent.retrieval.learned import Example, most
from agent.retrieval.vectors import STATIC, Meaning


def may_see(queue: Queue, user: User) -> bool:
    """Whether every `only_for` key matches one of the person's values; a missing attribute hides."""

    def values(key: str) -> Sequence[str]:
        value = user.attributes.get(key, ())
        return (value,) if isinstance(value, str) else value

    return all(set(allowed) & set(values(key)) for key, allowed in queue.only_for.items())


EQUALS = 3  # queues that may fit as well as the last one asked for, and speak the language


class Hit(NamedTuple):
    """A queue that fits a text, with its score between 0 and 1."""

    queue: Queue
    score: float


class View:
    """The visible queues, in the catalogue's order, with search over just them.

    People who may see the same queues get the same view, so what is made from one (the prompt's stable prefix,
    the search index) can be kept by it.
    """

    def __init__(self, catalogue: Catalogue, queues: tuple[Queue, ...], meaning: Meaning = STATIC) -> None:
        self.queues = queues
        self.default: Queue = catalogue.by_id[catalogue.default_queue]
        self._gathered = catalogue.gathered
        self._meaning = meaning
        self._making = Lock()
        self.is_ready = False

    @cached_property
    def by_id(self) -> Mapping[str, Queue]:
        """The visible queues by id."""
        return MappingProxyType({queue.id: queue for queue in self.queues})  # models are handed it, too

    def get(self, id_: str | None) -> Queue | None:
        """The queue, or None where it does not exist or this person may not see it: no difference is made."""
        return self.by_id.get(id_) if id_ else None

    def make_ready(self) -> None:
        """Make the search index now, once, in whatever thread: it takes seconds for thousands of queues."""
        with self._making:
            if not self.is_ready:
                self.index.make_ready()
                self.is_ready = True

    async def ready(self, seconds: float) -> None:
        """`make_ready` beside the event loop; what takes longer than `seconds` goes on, and serves the next search."""
        if not self.is_ready and seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await asyncio.to_thread(self.make_ready)

    @cached_property
    def index(self) -> Index:
        """The search index over the visible queues, made when it is first needed."""
        return Index([_document(queue) for queue in self.queues], self._examples(), self._meaning)

    def _examples(self) -> list[Example]:
        """The queues' own examples, and as many gathered ones as can be learned from with them."""
        own = [Example(text, number) for number, queue in enumerate(self.queues) for text in queue.examples]
        numbers = {queue.id: number for number, queue in enumerate(self.queues)}
        visible = [gathered for gathered in self._gathered if gathered.queue in numbers]
        room = max(0, most(len(self.queues)) - len(own))
        return [*own, *(Example(text, numbers[id_]) for text, id_ in evenly(visible, room))]

    def search(self, text: str, limit: int = 5, *, language: str | None = None) -> list[Hit]:
        """The visible queues that fit `text` best, best first, with scores between 0 and 1.

        Between queues that fit equally well, one that speaks `language` comes first. Nothing is found while another
        thread makes the index: nobody waits for that.
        """
        if not self.is_ready and self._making.locked():
            return []
        found = self.index.search(without_placeholders(text), limit + EQUALS if language else limit)
        hits = [Hit(self.queues[index], score) for index, score in found]
        if language:
            hits.sort(key=lambda hit: (-round(hit.score, 2), not _speaks(hit.queue, language)))
        return hits[:limit]


def _speaks(queue: Queue, language: str) -> bool:
    return any(spoken.lower().split("-")[0] == language for spoken in queue.languages)


def shared_words(queue: Queue, text: str) -> list[str]:
    """The words of `text`, as they are written there, that the queue's own words hold, too."""
    own = set(content_words(" ".join([queue.name, queue.description, *queue.examples])))
    shared: dict[str, str] = {}
    for word in WORD.findall(without_placeholders(text)):
        for known in own.intersection(content_words(word)):
            shared.setdefault(known, word)
    return list(shared.values())


def _document(queue: Queue) -> list[tuple[str, float]]:
    # A name says more per word than a description.
    return [(queue.name, 2.0), (queue.description, 1.0)]


class Views:
    """Makes views of one catalogue and keeps them, one per set of visible queues; `meaning` is their search's."""

    def __init__(self, catalogue: Catalogue, meaning: Meaning = STATIC) -> None:
        self.catalogue = catalogue
        self._meaning = meaning
        self._restricted = tuple(queue for queue in catalogue.queues if queue.only_for)
        self._views: dict[frozenset[str], View] = {}

    def of(self, user: User) -> View:
        """What `user` may see."""
        hidden = frozenset(queue.id for queue in self._restricted if not may_see(queue, user))
        if hidden not in self._views:
            queues = tuple(queue for queue in self.catalogue.queues if queue.id not in hidden)
            self._views[hidden] = View(self.catalogue, queues, self._meaning)
        return self._views[hidden]
