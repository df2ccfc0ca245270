"""What changes in a file, and what is told of it."""

from typing import Literal, NamedTuple

from agent.catalogue.schema import Queue


class Edit(NamedTuple):
    """What stands from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


class News(NamedTuple):
    """What happened to a queue, for who reads it. `note`: nothing is written for it."""

    kind: Literal["new", "renamed", "gone", "back", "note"]
    text: str


def label(queue: Queue) -> str:
    """A queue by name and id."""
    return f"{queue.name} ({queue.id})"
