"""The one document of a conversation: all there is to know, in plain JSON.

Whoever holds it can go on with it after a restart. Every commit raises `revision` by one, which is what
stores compare, so that no two writers both win.
"""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agent.records.base import Record
from agent.records.reply import Handoff, Phase, Proposal, Reply
from agent.records.user import User

VERSION: Literal[1] = 1


class Once(Record):
    """Names one call of a caller, so that the same call again changes nothing: hashes of its key, and of what it says."""

    key: str
    says: str


class UserMessage(Record):
    """What the person said or pressed.

    `action` is None for what they said, "summary" where `text` is the summary from now on, else the action
    that was pressed, with the button's label as `text`. `seen` is the proposal that the last reply had shown
    at that moment: a yes counts for nothing else; None, too, where something unseen stood in the text. `relayed`: another model handed it in, so it is no yes at all.
    `once` is there where the caller may make the same call again.
    """

    role: Literal["user"] = "user"
    text: str
    at: datetime
    action: str | None = None
    seen: str | None = None
    relayed: bool = False
    once: Once | None = None


class AssistantMessage(Record):
    """What they got back, with what it cost.

    `model` is who was asked, empty where nobody was. `degraded`: it failed in this turn, the code went on.
    `traceparent` is the trace context of the turn, None where it was not traced.
    """

    role: Literal["assistant"] = "assistant"
    at: datetime
    reply: Reply
    aside: bool = False
    """It only showed something, while a message was still being answered."""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    degraded: bool = False
    traceparent: str | None = None


Message = Annotated[UserMessage | AssistantMessage, Field(discriminator="role")]


class Choice(Record):
    """The best queue known so far, and what its agents should know.

    `upto` is the number of messages that the summary covers. `by` is who chose the queue: the model, the person, the
    search over the descriptions, or nobody ("default", and "nobody_came" for the stand-in of a queue where no agent was).
    """

    queue_id: str
    summary: str
    reason: str = ""
    upto: int = 0
    by: Literal["model", "person", "search", "default", "nobody_came"] = "model"

    @property
    def guessed(self) -> bool:
        """Neither the model nor the person chose the queue, so it is looked for again when more is known."""
        return self.by in ("search", "default")


class Conversation(Record):
    """The document. Phases: gathering → proposed → handed_off, or closed; a message opens a closed one again."""

    version: Literal[1] = VERSION
    id: str
    revision: int = Field(default=0, ge=0)
    created: datetime
    updated: datetime
    catalogue: str = ""
    user: User = Field(default_factory=User)
    via: str | None = None
    """What the conversation came in by, for example the name of a host's key; budgets are counted for it."""
    language: str | None = None
    phase: Phase = "gathering"
    messages: tuple[Message, ...] = ()
    dropped: int = Field(default=0, ge=0)
    """How many older messages were forgotten (see `agent.records.trim`)."""
    since: int = Field(default=0, ge=0)
    """Where the present issue begins in `messages`: after the last handoff, or after it was closed."""
    questions: int = Field(default=0, ge=0)
    """Questions asked about the present issue."""
    asked_between: tuple[str, ...] = ()
    """The queues that the last question tells apart."""
    choice: Choice | None = None
    own_summary: str | None = None
    """The person's own words for the summary; no model changes them."""
    second: Choice | None = None
    """A second problem, kept for after the handoff."""
    proposal: Proposal | None = None
    handoffs: tuple[Handoff, ...] = ()
    signature: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.phase == "proposed") != (self.proposal is not None):
            raise ValueError("there is a proposal in the phase `proposed`, and only there")
        if self.phase == "handed_off" and not self.handoffs:
            raise ValueError("there is no handoff in the phase `handed_off`")
        return self

    @property
    def unanswered(self) -> tuple[UserMessage, ...]:
        """The person's messages and presses at the end that no reply has answered yet."""
        found: list[UserMessage] = []
        for message in reversed(self.messages):
            if message.role == "user":
                found.insert(0, message)
            elif not message.aside:
                break
        return tuple(found)

    @property
    def on_screen(self) -> str | None:
        """The id of the proposal that the newest reply shows."""
        last = self.last_reply
        return last.proposal.id if last and last.proposal else None

    @property
    def to_start(self) -> str:
        """What *start* without an id means now: the proposal, else the handoff just made; "" for neither."""
        if self.proposal:
            return self.proposal.id
        made = self.phase in ("handed_off", "closed") and self.handoffs
        return self.handoffs[-1].proposal if made else ""

    def answer_to(self, number: int) -> Reply | None:
        """The reply that answers message `number`, counted with those that were dropped, if there is one already."""
        later = self.messages[max(0, number + 1 - self.dropped) :]
        return next((m.reply for m in later if m.role == "assistant" and not m.aside), None)

    def reply_to_press(self, number: int) -> Reply | None:
        """What press `number` got, counted as in `answer_to`: the two are committed together."""
        reply = self.messages[number + 1 - self.dropped :][:1]
        return reply[0].reply if reply and reply[0].role == "assistant" else None

    def said_with(self, once: Once | None) -> tuple[int, UserMessage] | None:
        """What came with the name of `once`, and its number, if it is here already."""
        for number, message in enumerate(self.messages, self.dropped):
            if once and message.role == "user" and message.once and message.once.key == once.key:
                return number, message
        return None

    @property
    def last_reply(self) -> Reply | None:
        """The newest reply, if there is one."""
        return next((m.reply for m in reversed(self.messages) if m.role == "assistant"), None)
