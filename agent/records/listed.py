"""A queue as a door lists it."""

from agent.records.base import Record


class ListedQueue(Record):
    """What a person is told of a queue that they may see. `open`: whether it is staffed at this moment."""

    id: str
    name: str
    description: str
    languages: tuple[str, ...] = ()
    open: bool
