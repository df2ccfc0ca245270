"""A conversation without end stays a document of bounded size: the oldest messages are forgotten."""

from agent.records.conversation import Choice, Conversation, Message

MESSAGES = 200
"""How many messages, replies included, are kept."""
CHARS = 400_000
"""How many characters of text they have together; what is still unanswered is kept whole all the same."""


def trim(conversation: Conversation, *, messages: int = MESSAGES, chars: int = CHARS) -> Conversation:
    """The conversation with its newest messages only, as many as the bounds allow."""
    drop = _how_many(conversation, messages, chars)
    if not drop:
        return conversation
    since = max(0, conversation.since - drop)
    return conversation.model_copy(
        update={
            "messages": conversation.messages[drop:],
            "dropped": conversation.dropped + drop,
            "since": since,
            "choice": _moved(conversation.choice, conversation.since, drop, since),
            "second": _moved(conversation.second, conversation.since, drop, since),
        }
    )


def _how_many(conversation: Conversation, messages: int, chars: int) -> int:
    count = len(conversation.messages)
    if count <= messages and sum(map(_size, conversation.messages)) <= chars:
        return 0
    kept, size = 0, 0
    for message in reversed(conversation.messages):
        size += _size(message)
        if kept == messages or size > chars:
            break
        kept += 1
    return count - max(kept, _since_the_last_answer(conversation), 1)


def _since_the_last_answer(conversation: Conversation) -> int:
    later = list(enumerate(reversed(conversation.messages)))
    return next((n for n, m in later if m.role == "assistant" and not m.aside), len(later))


def _size(message: Message) -> int:
    return len(message.text if message.role == "user" else message.reply.text)


def _moved(choice: Choice | None, before: int, drop: int, since: int) -> Choice | None:
    """Its place in the shorter list; whether it belongs to the present issue stays as it was."""
    if choice is None:
        return None
    upto = choice.upto - drop
    upto = max(upto, since) if choice.upto >= before else min(upto, since - 1)
    return choice.model_copy(update={"upto": upto})
