"""What a person gets back: one model for Python, HTTP and MCP."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from agent.records.base import Record

Phase = Literal["gathering", "proposed", "handed_off", "closed"]
Action = Literal["start", "skip", "other", "choose", "cancel", "edit"]
ACTIONS: tuple[Action, ...] = ("start", "skip", "other", "choose", "cancel", "edit")


class Step(Record):
    """One visible reasoning step, for example *Determining appropriate live agent queue*."""

    id: str
    text: str
    status: Literal["pending", "success", "error"]


class Button(Record):
    """A button. Pressing it is `press(action, …)` with its other fields, but for two kinds.

    `message` says `text` as if the person had typed it; `link` only opens `url`.
    """

    label: str
    action: Action | Literal["message", "link"]
    style: Literal["filled", "outlined", "text"] = "outlined"
    queue_id: str | None = None
    url: str | None = None
    text: str | None = None
    proposal: str | None = None


class Offer(Record):
    """What a person sees of a proposal: what would be handed over, where, and why.

    `sends` holds every value that goes to the target, by name, as it will be sent (before encoding).
    """

    id: str
    queue_id: str
    queue: str
    summary: str
    reason: str
    sends: dict[str, str]
    to: str
    carries_summary: bool


class Proposal(Offer):
    """An offer as it was sealed; a yes binds to `fingerprint`.

    `wanted` is the queue that was chosen before opening hours were looked at, `reference` the random id that
    a handoff would carry.
    """

    wanted: str
    reference: str
    revision: int
    fingerprint: str


class Handoff(Record):
    """A handoff that was made: the URL that opens the chat, and the accepted proposal's queue.

    `relayed`: the yes was passed on by another model, which the host had allowed. `expires` is the moment from
    which the URL opens nothing any more. `carries_summary`: False where the agent will not see the summary.
    """

    url: Annotated[str, StringConstraints(pattern=r"^https://")]
    queue_id: str
    proposal: str
    relayed: bool = False
    expires: datetime | None = None
    carries_summary: bool = True

    def has_expired(self, now: datetime) -> bool:
        """Whether the URL opens nothing any more."""
        return self.expires is not None and self.expires <= now


class Reply(Record):
    """The answer to one turn. `text` is plain text that stands on its own, even without the other fields.

    `online`: how many agents are online for the proposal, where that is known; a hint, never a promise.
    """

    id: str
    phase: Phase
    text: str
    steps: tuple[Step, ...] = ()
    buttons: tuple[Button, ...] = ()
    proposal: Proposal | None = None
    online: Annotated[int, Field(ge=0)] | None = None
    handoff: Handoff | None = None
    model_calls: int = Field(default=0, ge=0)
