"""A turn as it happens: steps while it runs, and the reply once it is committed."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from agent.records.base import Record
from agent.records.reply import Button, Offer, Phase, Reply, Step


class StepEvent(Step):
    """A reasoning step began or ended; the same `id` comes again with a new status."""

    type: Literal["step"] = "step"


class TextDelta(Record):
    """A piece of the text that follows whole; may be dropped."""

    type: Literal["text_delta"] = "text_delta"
    text: str


class TextEvent(Record):
    """The whole text of the reply."""

    type: Literal["text"] = "text"
    text: str


class ProposalEvent(Offer):
    """The proposal that is shown with this reply."""

    type: Literal["proposal"] = "proposal"


class ButtonsEvent(Record):
    """The buttons under this reply."""

    type: Literal["buttons"] = "buttons"
    buttons: tuple[Button, ...]


class HandoffEvent(Record):
    """The chat is ready at `url`, which opens nothing any more from `expires` on."""

    type: Literal["handoff"] = "handoff"
    url: str
    queue_id: str
    expires: datetime | None = None


class NoticeEvent(Record):
    """What the operator wants people to read before their first message; it belongs to no turn."""

    type: Literal["notice"] = "notice"
    text: str


class ErrorEvent(Record):
    """The input could not be taken, or the turn did not happen; nothing was changed."""

    type: Literal["error"] = "error"
    message: str


class TurnEnd(Record):
    """The last event of every turn."""

    type: Literal["turn_end"] = "turn_end"
    phase: Phase
    model_calls: int


Event = Annotated[
    NoticeEvent
    | StepEvent
    | TextDelta
    | TextEvent
    | ProposalEvent
    | ButtonsEvent
    | HandoffEvent
    | ErrorEvent
    | TurnEnd,
    Field(discriminator="type"),
]


def events_of(reply: Reply, shown: Iterable[Step] = ()) -> Iterator[Event]:
    """The events of a committed reply, but for the steps that were `shown` while the turn ran."""
    seen = [(step.id, step.text, step.status) for step in shown]
    for step in reply.steps:
        if (step.id, step.text, step.status) not in seen:
            yield StepEvent(**step.model_dump())
    yield from (TextDelta(text=piece) for piece in reply.text.splitlines(keepends=True))
    yield TextEvent(text=reply.text)
    if reply.proposal:
        yield ProposalEvent(**reply.proposal.model_dump(include=set(Offer.model_fields)))
    if reply.handoff:
        yield HandoffEvent(**reply.handoff.model_dump(include={"url", "queue_id", "expires"}))
    if reply.buttons:
        yield ButtonsEvent(buttons=reply.buttons)
    yield TurnEnd(phase=reply.phase, model_calls=reply.model_calls)
