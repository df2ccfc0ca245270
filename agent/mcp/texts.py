"""A reply as text, for clients whose models see nothing else of it."""

from collections.abc import Iterable, Iterator

from agent.records.listed import ListedQueue
from agent.records.reply import Button, Reply


def reply_text(reply: Reply) -> str:
    """`reply` with its link and its buttons, one a line, each with what `press_button` takes for it."""
    return "\n".join(_lines(reply))


def _lines(reply: Reply) -> Iterator[str]:
    yield reply.text
    if reply.handoff:
        yield reply.handoff.url
    for button in reply.buttons:
        yield f"[{button.label}] {_how(button)}"
    yield f"(conversation_id: {reply.id})"


def _how(button: Button) -> str:
    if button.action == "link":
        return button.url or ""
    fields = {"text": button.text, "queue_id": button.queue_id, "proposal": button.proposal}
    given = [f"{name}={value}" for name, value in fields.items() if value is not None]
    return ", ".join([f"action={button.action}", *given])


def queues_text(queues: Iterable[ListedQueue]) -> str:
    """A line a queue."""
    return "\n".join(
        f"{queue.name} ({'open' if queue.open else 'closed'}; queue_id={queue.id}): {queue.description}"
        for queue in queues
    )
