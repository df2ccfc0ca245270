"""Queues that a conversation has named and that its person may not see any more: their names leave the prompt.

What they were told in other words before, in a model's question for instance, stays: they have read it.
"""

from collections.abc import Iterator, Sequence

from agent.catalogue.view import View
from agent.records.conversation import Message
from prompts import line


def without_gone(text: str, gone: Sequence[str]) -> str:
    """`text` without the names in `gone`."""
    for name in gone:
        text = text.replace(name, line("state", "unknown_queue"))
    return text


def gone_names(messages: Sequence[Message], view: View) -> tuple[str, ...]:
    """The names that `messages` give to queues which are not in `view`, the longest first."""
    return tuple(
        sorted({name for name, id_ in _named(messages) if view.get(id_) is None}, key=len, reverse=True)
    )


def _named(messages: Sequence[Message]) -> Iterator[tuple[str, str]]:
    for message in messages:
        if message.role == "assistant":
            if message.reply.proposal:
                yield message.reply.proposal.queue, message.reply.proposal.queue_id
            for button in message.reply.buttons:
                if button.queue_id:
                    yield button.label, button.queue_id
