"""`queues.yaml` as data. Cross-checks between the parts stand in `check.py`, opening hours in `hours.py`."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from agent.catalogue.hours import Hours
from agent.records.base import Record

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class BeyondTrust(Record):
    """How the two BeyondTrust targets address a queue."""

    issue: Text | None = None
    team: int | None = None


class Link(Record):
    """Help beside the queues; the URL takes the same placeholders as the target's."""

    label: Text
    url: Text


class TargetSettings(Record):
    """Where a handoff goes. Further kinds bring keys of their own."""

    kind: Literal["url_template"] = "url_template"
    url: Text


class Queue(Record):
    """A support queue. Name, description, `not_for` and `examples` are what routing is made from."""

    id: Text
    name: Text
    description: str = ""
    not_for: str = ""
    examples: tuple[Text, ...] = ()
    calendar: Text | None = None
    hours: Hours | None = None
    languages: tuple[Text, ...] = ()
    only_for: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    fallback: Text | None = None
    owner: Text | None = None
    beyondtrust: BeyondTrust | None = None


class Catalogue(Record):
    """A checked catalogue. `hash` is the SHA-256 of the file it came from."""

    version: Literal["1"]
    target: TargetSettings
    default_queue: Text
    calendars: dict[Text, Hours] = Field(default_factory=dict)
    other_help: tuple[Link, ...] = ()
    after_hours: Link | None = None
    queues: Annotated[tuple[Queue, ...], Field(min_length=1)]
    hash: str = ""

    @cached_property
    def by_id(self) -> dict[str, Queue]:
        """Every queue by its id, hidden ones too: only for checks, never for what a person is shown."""
        return {queue.id: queue for queue in self.queues}

    def hours_of(self, queue: Queue) -> Hours | None:
        """The queue's own hours, else its calendar's, else None: always open."""
        return queue.hours or (self.calendars[queue.calendar] if queue.calendar else None)
