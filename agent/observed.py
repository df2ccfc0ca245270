"""What operators are told of a turn, made once of what it was: a line in the log, a span, and the metrics.

A turn's span holds the spans of its model calls, of the target and of the store. It is linked to the turn before it, and,
where its message was answered together with others, to the turn that did.
"""

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from agent.errors import HandoffError
from agent.logs import fields
from agent.records.conversation import AssistantMessage, Conversation, Message
from agent.records.entry import Entry
from agent.records.reply import Reply
from agent.telemetry.meters import measure
from agent.telemetry.spans import Span, current, error_type, span, traceparent

log = logging.getLogger("agent.turn")


async def observed(
    turn: Awaitable[Reply],
    newest: Callable[[], Conversation],
    *,
    did: str,
    model: str,
    words: Callable[[str], str] | None,
) -> Reply:
    """Await `turn` and tell of it: `turn` when it ended with a reply, else `turn_failed`.

    `did` is "message" or the action. `newest` gives the conversation as it is at the moment. With `words` the person's
    words are logged, through it.
    """
    before = newest()
    about = {"gen_ai.conversation.id": before.id, "handoff.input": did}
    began = perf_counter()
    with span("handoff.turn", about, links=[_last_turn(before)]) as traced:
        try:
            reply = await turn
        except HandoffError as error:
            seconds, kind = perf_counter() - began, type(error).__name__
            told = fields("turn_failed", conversation=before.id, seconds=round(seconds, 3), error=kind)
            log.error("a turn failed with %s", kind, extra=told)  # noqa: TRY400  # no traceback: it may hold texts
            measure("handoff.turn.duration", seconds, {"handoff.input": did, "error.type": error_type(error)})
            raise
        seconds = perf_counter() - began
        conversation = newest()
        place, message = _answer(reply, conversation)
        facts = _facts(reply, message, conversation)
        said = [words(text) for text in _said(conversation, place)] if words else None
        told = fields(
            "turn",
            conversation=conversation.id,
            **facts,
            model=model,
            seconds=round(seconds, 3),
            said=said,
        )
        log.info("turn", extra=told)
        traced.set({f"handoff.{name}": value for name, value in facts.items()})
        _link_where_joined(traced, message)
    measure("handoff.turn.duration", seconds, {"handoff.input": did, "handoff.phase": reply.phase})
    return reply


def committed(entry: Entry) -> None:
    """A turn was committed: its outcome goes to its span, and what is counted is counted once."""
    current().set({"handoff.outcome": entry.outcome})
    if entry.outcome == "handoff" and entry.proposal:
        measure("handoff.handoffs", 1, {"handoff.queue.id": entry.proposal.queue_id})
    if entry.degraded:
        measure("handoff.degraded", 1, {"gen_ai.request.model": entry.model})


def with_trace(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """With the trace context of this turn in its reply, to which later turns are linked."""
    return (*messages[:-1], messages[-1].model_copy(update={"traceparent": traceparent()}))


def _facts(reply: Reply, message: AssistantMessage | None, conversation: Conversation) -> dict[str, Any]:
    landed = reply.handoff or reply.proposal
    return {
        "revision": conversation.revision,
        "phase": reply.phase,
        "queue": landed.queue_id if landed else None,
        "handoff": reply.handoff is not None,
        "model_calls": reply.model_calls,
        "degraded": message is not None and message.degraded,
    }


def _link_where_joined(traced: Span, message: AssistantMessage | None) -> None:
    if message and message.traceparent != traceparent():
        traced.set({"handoff.outcome": "joined"})
        traced.link(message.traceparent)


def _last_turn(conversation: Conversation) -> str | None:
    """The trace context of the newest turn that was answered."""
    replies = (message for message in reversed(conversation.messages) if message.role == "assistant")
    return next((message.traceparent for message in replies), None)


def _answer(reply: Reply, conversation: Conversation) -> tuple[int, AssistantMessage | None]:
    """Where `reply` stands in the conversation; it does not where the input was refused."""
    for place in range(len(conversation.messages) - 1, -1, -1):
        message = conversation.messages[place]
        if message.role == "assistant" and message.reply is reply:
            return place, message
    return len(conversation.messages), None


def _said(conversation: Conversation, place: int) -> list[str]:
    """What the person said right before `place`."""
    said: list[str] = []
    for message in reversed(conversation.messages[:place]):
        if message.role == "assistant":
            break
        said.insert(0, message.text)
    return said
