"""What the person said about the present issue, and what the search makes of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agent.catalogue.view import Hit, View, shared_words
from agent.language.clean import one_line
from agent.language.locale import Intent, Locale, locales, words_of
from agent.language.understand import content_words, describes_problem
from agent.models.base import Briefing
from agent.records.conversation import Message
from agent.records.decision import SelectQueue

SUMMARY_CHARS = 1_000


class Said(NamedTuple):
    """The person's messages: those before the last reply, and those since."""

    earlier: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def telling(self) -> list[str]:
        """All that describes a problem."""
        return [text for text in (*self.earlier, *self.new) if describes_problem(text)]


def said_in(briefing: Briefing) -> Said:
    """What was said since the present issue began."""
    earlier: list[str] = []
    new: list[str] = []
    for message in briefing.messages[briefing.since :]:
        if message.role == "user":
            if message.action is None:
                new.append(message.text)
        elif not message.aside:
            earlier, new = earlier + new, []
    return Said(tuple(earlier), tuple(new))


def last_reply(messages: Sequence[Message]) -> str:
    """What the person was told or asked last."""
    return next((m.reply.text for m in reversed(messages) if m.role == "assistant" and not m.aside), "")


def last_said(messages: Sequence[Message], *keys: str) -> bool:
    """Whether the last reply was one of these fixed texts, in any language: people change theirs meanwhile."""
    last = last_reply(messages)
    return any(last == locale(key) for locale in locales().values() for key in keys)


def everything(view: View, texts: Iterable[str], language: str | None = None) -> list[Hit]:
    """Every queue that has to do with `texts`, best first."""
    return view.search(" ".join(texts), len(view.queues), language=language)


def telling_words(texts: Iterable[str]) -> int:
    """How many different words say what it is about."""
    return len(set(content_words(" ".join(texts))))


def opens_with(intent: Intent, new: Sequence[str]) -> bool:
    """Whether one of the new messages begins with a word that alone would have this intent."""
    first = {word for text in new for word in words_of(text)[:1]}
    return any(not first.isdisjoint(locale.phrases[intent]) for locale in locales().values())


def select(hit: Hit, told: Sequence[str], locale: Locale) -> SelectQueue:
    """The decision for a queue; `told` is the summary, and the words that it shares with the queue the reason."""
    summary = one_line(" ".join(told), SUMMARY_CHARS)
    shared = shared_words(hit.queue, summary)
    reason = locale("mentioned", words=", ".join(shared[:3])) if shared else ""
    return SelectQueue(queue_id=hit.queue.id, summary=summary, reason=reason)
