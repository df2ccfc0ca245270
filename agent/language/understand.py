"""What code understands of a message by itself, in every shipped language at once.

A *yes* stands here and nowhere else: no model can give one.
"""

import unicodedata
from functools import cache

from agent.language.locale import Intent, folded, locales, words_of
from agent.language.placeholders import without_placeholders

# What keyboards and pages put around a text, and what does not show there.
_AROUND = " \t\n\u200b\u200e\u200f\u2060\ufeff"


@cache
def _intents() -> dict[str, Intent]:
    found: dict[str, Intent] = {}
    for locale in locales().values():
        for intent, phrases in locale.phrases.items():
            found.update(dict.fromkeys(phrases, intent))  # type: ignore[arg-type]  # the locale test checks the keys
    return found


@cache
def _words_without_content() -> dict[str, frozenset[str]]:
    """By language: the words that do not say what a problem is about."""
    return {
        name: locale.filler | locale.human | frozenset(" ".join(locale.greeting).split())
        for name, locale in locales().items()
    }


@cache
def _empty_words() -> frozenset[str]:
    return frozenset().union(*_words_without_content().values())


@cache
def _human_words() -> frozenset[str]:
    return frozenset().union(*(locale.human for locale in locales().values()))


def intent_of(text: str) -> Intent | None:
    """The intent of a message that is nothing but one of the listed phrases.

    A yes that something invisible stands in is none: it was not typed.
    """
    intent = _intents().get(folded(text))
    doubtful = intent == "yes" and any(unicodedata.category(c) == "Cf" for c in text.strip(_AROUND))
    return None if doubtful else intent


def content_words(text: str) -> list[str]:
    """The words that can say what a problem is about."""
    return [word for word in words_of(without_placeholders(text)) if word not in _empty_words()]


def describes_problem(text: str) -> bool:
    """Whether there is anything beyond greeting, small talk, asking for a human, or "it does not work"."""
    return bool(set(content_words(text)) - _smalltalk()) and intent_of(text) is None


@cache
def _smalltalk() -> frozenset[str]:
    return frozenset().union(*(locale.smalltalk for locale in locales().values()))


def asks_for_human(text: str) -> bool:
    """Whether the message asks for a human and says nothing else."""
    return not content_words(text) and mentions_human(text)


def mentions_human(text: str) -> bool:
    """Whether the message has a word that asks for a human, whatever else it says."""
    return not _human_words().isdisjoint(words_of(text))


def greets(text: str) -> bool:
    """Whether the message is a greeting and says nothing else."""
    greetings = tuple(greeting for locale in locales().values() for greeting in locale.greeting)
    return not content_words(text) and folded(text).startswith(greetings)


def ordinal_in(text: str) -> int | None:
    """0 for "the first one", 1 for "the second one", whichever stands first; None where neither does."""
    for word in words_of(text):
        for locale in locales().values():
            if word in locale.first | locale.second:
                return int(word in locale.second)
    return None


def without_opening(text: str) -> str:
    """`text` without what only opens it: of "yes, but add that it is urgent" stays "it is urgent"."""
    words = text.split()
    while words and not set(words_of(words[0])) - _openings():
        words.pop(0)
    return " ".join(words)


@cache
def _openings() -> frozenset[str]:
    return frozenset().union(*(locale.opening for locale in locales().values()))


def claims_transfer(text: str) -> bool:
    """Whether the text says that a transfer has happened or is happening."""
    lowered = folded(text)
    return any(claim in lowered for locale in locales().values() for claim in locale.claims)


def language_of(text: str) -> str | None:
    """The shipped language that the text is written in, by its function words; None where they do not tell."""
    words = set(words_of(text))
    known = _words_without_content()
    scores = {
        name: sum(word not in other for word in words & listed for n, other in known.items() if n != name)
        for name, listed in known.items()
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 and list(scores.values()).count(scores[best]) == 1 else None
