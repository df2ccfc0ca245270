"""What tells two descriptions apart, in their own words."""

import re

from agent.language.understand import language_of
from agent.retrieval.vectors import embed

_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_PHRASES = re.compile(r"[.,;:!?]+(?:\s+|$)|\s[-–—]+\s|[()]")
_ENDS = re.compile(r"[.!?…。！？।؟]")  # what may read as the end of the question ("ASP.NET")
_SHORTEST, _LONGEST = 4, 60  # characters of a phrase that can stand in a question
_PHRASES_EACH = 2
_ROOM = 80  # characters of both: with two names of 100 the question stays within its limit
_THE_SAME = 0.9  # the cosine from which two phrases say the same


def told_apart(one: str, other: str, said: str, language: str) -> tuple[str, str]:
    """For each of two descriptions the phrases nearest to `said` that the other one has nothing like.

    Phrases are in `language`, where a description has any that are not in another one. Empty where there are none, and
    always such that they can stand in a question: no mark ends it, nothing opens or closes in them.
    """
    first, second = _phrases(one, language), _phrases(other, language)
    return _nearest(first, second, said), _nearest(second, first, said)


def _phrases(description: str, language: str) -> list[str]:
    sentences = _SENTENCES.split(description)
    own = [sentence for sentence in sentences if language_of(sentence) == language]
    own = own or [sentence for sentence in sentences if language_of(sentence) is None] or sentences
    phrases = (
        phrase.strip(" .,;:-–—•*") for sentence in own for phrase in _PHRASES.split(sentence) if phrase
    )
    return [phrase for phrase in phrases if _SHORTEST <= len(phrase) <= _LONGEST and not _ENDS.search(phrase)]


def _nearest(phrases: list[str], others: list[str], said: str) -> str:
    told = embed(said)

    def alike(phrase: str) -> float:
        if phrase.casefold() in map(str.casefold, others):  # also where no piece of it is known
            return 1.0
        return max((float(embed(phrase) @ embed(other)) for other in others), default=0.0)

    def tells(phrase: str) -> float:
        return float(embed(phrase) @ told) - alike(phrase)

    own = list(dict.fromkeys(phrase for phrase in phrases if alike(phrase) < _THE_SAME))
    best = sorted(own, key=tells, reverse=True)[:_PHRASES_EACH]
    told_both = ", ".join(sorted(best, key=own.index))
    return told_both if len(told_both) <= _ROOM else best[0]
