"""What a model is: a briefing in, one decision out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from agent.catalogue.schema import Queue
from agent.catalogue.view import View
from agent.records.conversation import Message
from agent.records.decision import Decision
from agent.records.reply import Phase, Proposal

CANDIDATES = 20
"""How many queues a search gives a model to choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """All that a model may know of one turn; what the person may not see is not in it.

    `messages` is the whole conversation; the last ones are the person's, still unanswered. The present issue
    begins at `since`: what stands before it was handed off or closed. `candidates` are
    the queues found by a search, where the catalogue does not fit. `correction` says what was wrong with the
    model's last answer. `own_summary` is the summary in the person's own words, which stays as it is.
    """

    view: View
    messages: Sequence[Message]
    since: int = 0
    phase: Phase
    language: str
    questions_left: int
    asked_between: tuple[str, ...] = ()
    proposal: Proposal | None = None
    handed_off: str | None = None
    candidates: tuple[Queue, ...] = ()
    correction: str | None = None
    own_summary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A decision and what it cost, in tokens (0 where the server does not say).

    `model` is what the server calls the model that answered, empty where it does not say. `confidence` is the probability that the queue is right, where the model can tell.
    """

    decision: Decision
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model: str = ""
    confidence: float | None = None


@runtime_checkable
class Searches(Protocol):
    """A `ChatModel` that knows when it works without `Briefing.view`'s search, which is then not made for it."""

    def searches(self, view: View) -> bool:
        """Whether a decision about `view` needs the search."""
        ...


class ScriptError(AssertionError):
    """A test's script and the conversation disagree. No `HandoffError`: the turn lets it through."""


class ChatModel(Protocol):
    """One decision per call.

    `started` is called with the kind of the decision as soon as it is known, possibly before the answer is
    complete; it may be called once or not at all. Raises `ModelUnavailable`, `ModelRejected` or
    `ModelAnswerInvalid`; anything else that it raises is treated as `ModelUnavailable`. It may have an attribute
    `provider` (see `provider_of`).
    """

    @property
    def name(self) -> str:
        """How operators know this model."""
        ...

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        """Decide the next move of the turn that `briefing` describes."""
        ...

    async def close(self) -> None:
        """Free what the model holds; it is not used afterwards."""
        ...


def provider_of(model: ChatModel) -> str:
    """Who serves it, in OpenTelemetry's words (`gen_ai.provider.name`): its attribute `provider`, "_OTHER" without one."""
    return str(getattr(model, "provider", "_OTHER"))
