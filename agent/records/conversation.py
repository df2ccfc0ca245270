"""The one document of a conversation: all there is to know, in plain JSON.

Whoever holds it can go on with it after a restart. Every commit raises `revision` by one, which is what
stores compare, so that no two writers both win.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from agent.records.base import Record
from agent.records.reply import Handoff, Phase, Proposal, Reply
from agent.records.user import User

VERSION: Literal[1] = 1


class UserMessage(Record):
    """What the person said or pressed.

    `action` is None for what they said, "summary" where `text` is the summary from now on, else the action
    that was pressed, with the button's label as `text`. `seen` is the proposal that the last reply had shown
    at that moment: a yes counts for nothing else. `relayed`: another model handed it in, so it is no yes at all.
    """

    role: Literal["user"] = "user"
    text: str
    at: datetime
    action: str | None = None
    seen: str | None = None
    relayed: bool = False


class AssistantMessage(Record):
    """What they got back, with what it cost. `degraded`: the model failed in this turn, the code went on."""

    role: Literal["assistant"] = "assistant"
    at: datetime
    reply: Reply
    prompt_tokens: int = 0
    completion_tokens: int = 0
    degraded: bool = False


Message = Annotated[UserMessage | AssistantMessage, Field(discriminator="role")]


class Choice(Record):
    """The best queue known so far, and what its agents should know.

    `upto` is the number of messages that the summary covers. `guessed`: neither the model nor the person chose
    the queue, so it is looked for again when more is known.
    """

    queue_id: str
    summary: str
    reason: str = ""
    upto: int = 0
    guessed: bool = False


class Conversation(Record):
    """The document. Phases: gathering → proposed → handed_off, or closed; a message opens a closed one again."""

    version: Literal[1] = VERSION
    id: str
    revision: int = 0
    created: datetime
    updated: datetime
    catalogue: str = ""
    user: User = Field(default_factory=User)
    language: str | None = None
    phase: Phase = "gathering"
    messages: tuple[Message, ...] = ()
    since: int = 0
    """Where the present issue begins in `messages`: after the last handoff, or after it was closed."""
    questions: int = 0
    """Questions asked about the present issue."""
    asked_between: tuple[str, ...] = ()
    """The queues that the last question tells apart."""
    choice: Choice | None = None
    own_summary: str | None = None
    """The person's own words for the summary; no model changes them."""
    second: Choice | None = None
    """A second problem, kept for after the handoff; an empty `queue_id` where its queue is not known."""
    proposal: Proposal | None = None
    handoffs: tuple[Handoff, ...] = ()
    signature: str | None = None

    @property
    def unanswered(self) -> tuple[UserMessage, ...]:
        """The person's messages at the end that no reply has answered yet."""
        count = 0
        for message in reversed(self.messages):
            if message.role == "assistant":
                break
            count += 1
        return tuple(m for m in self.messages[len(self.messages) - count :] if m.role == "user")

    @property
    def last_reply(self) -> Reply | None:
        """The newest reply, if there is one."""
        return next((m.reply for m in reversed(self.messages) if m.role == "assistant"), None)
