"""Rank queues for a text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from agent.catalogue.schema import Queue


class Hit(NamedTuple):
    """A queue with its score, between 0 and 1."""

    queue: "Queue"
    score: float


class Ranker:
    """An index over some queues."""

    def __init__(self, queues: Sequence["Queue"]) -> None:
        self.queues = tuple(queues)

    def search(self, text: str, limit: int = 5) -> list[Hit]:
        """The best `limit` queues for `text`, best first; queues without any match are left out."""
        raise NotImplementedError
