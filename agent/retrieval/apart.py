"""What tells two descriptions apart, in their own words."""

import re

from agent.language.understand import language_of
from agent.retrieval.vectors import embed

_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_PHRASES = re.compile(r"[.,;:!?]\s+|[.;:]$")
_SHORTEST, _LONGEST = 4, 60  # characters of a phrase that can stand in a question
_PHRASES_EACH = 2
_THE_SAME = 0.9  # the cosine from which two phrases say the same


def told_apart(one: str, other: str, said: str, language: str) -> tuple[str, str]:
    """For each of two descriptions the phrases nearest to `said` that the other one has nothing like.

    Phrases are in `language`, where a description has any that are not in another one. Empty where there are none.
    """
    first, second = _phrases(one, language), _phrases(other, language)
    return _nearest(first, second, said), _nearest(second, first, said)


def _phrases(description: str, language: str) -> list[str]:
    sentences = _SENTENCES.split(description)
    own = [sentence for sentence in sentences if language_of(sentence) == language]
    own = own or [sentence for sentence in sentences if language_of(sentence) is None] or sentences
    phrases = (phrase.strip(" .,;:") for sentence in own for phrase in _PHRASES.split(sentence) if phrase)
    return [phrase for phrase in phrases if _SHORTEST <= len(phrase) <= _LONGEST]


def _nearest(phrases: list[str], others: list[str], said: str) -> str:
    told = embed(said)

    def alike(phrase: str) -> float:
        return max((float(embed(phrase) @ embed(other)) for other in others), default=0.0)

    def tells(phrase: str) -> float:
        return float(embed(phrase) @ told) - alike(phrase)

    own = [phrase for phrase in phrases if alike(phrase) < _THE_SAME]
    best = sorted(own, key=tells, reverse=True)[:_PHRASES_EACH]
    return ", ".join(sorted(best, key=own.index))
