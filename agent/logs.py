"""What is logged: events with fixed names and fields, under the logger `agent`, without what anybody wrote.

A record's message is for people; its `event` and `fields` are for machines, and `JsonFormatter` writes them. Ids, phases,
counts and the names of classes are logged, never a text, a person, or an address with values in it. The words that a
person says are logged only where the operator has switched that on, and then as the model sees them.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from agent.errors import HandoffError
from agent.records.conversation import AssistantMessage, Conversation
from agent.records.reply import Reply

log = logging.getLogger("agent.turn")
Fields = dict[str, Any]


def fields(event: str, **values: str | float | bool | list[str] | None) -> Fields:
    """The `extra` of a record: the event's name, and its fields but for those that are None."""
    return {"event": event, "fields": {name: value for name, value in values.items() if value is not None}}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, event, its fields, and the message for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; of an exception only its class."""
        written = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", "message"),
            **getattr(record, "fields", {}),
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            written["error"] = record.exc_info[0].__name__
        return json.dumps(written, ensure_ascii=True, default=str)


async def logged(
    turn: Awaitable[Reply],
    newest: Callable[[], Conversation],
    *,
    model: str,
    words: Callable[[str], str] | None,
) -> Reply:
    """Await `turn` and log it in one line: `turn` when it ended with a reply, else `turn_failed`.

    `newest` gives the conversation as it is afterwards. With `words` the person's words are logged, through it.
    """
    began = perf_counter()
    try:
        reply = await turn
    except HandoffError as error:
        seconds = round(perf_counter() - began, 3)
        told = fields("turn_failed", conversation=newest().id, seconds=seconds, error=type(error).__name__)
        log.error("a turn failed with %s", type(error).__name__, extra=told)  # noqa: TRY400  # no traceback: it may hold texts
        raise
    seconds = round(perf_counter() - began, 3)
    log.info("turn", extra=_turn(reply, newest(), seconds, model, words))
    return reply


def _turn(
    reply: Reply, conversation: Conversation, seconds: float, model: str, words: Callable[[str], str] | None
) -> Fields:
    place, message = _answer(reply, conversation)
    landed = reply.handoff or reply.proposal
    return fields(
        "turn",
        conversation=conversation.id,
        revision=conversation.revision,
        phase=reply.phase,
        queue=landed.queue_id if landed else None,
        handoff=reply.handoff is not None,
        model=model,
        model_calls=reply.model_calls,
        seconds=seconds,
        degraded=message is not None and message.degraded,
        said=[words(text) for text in _said(conversation, place)] if words else None,
    )


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
