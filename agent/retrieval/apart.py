"""What tells two descriptions apart, in their own words."""

import re
from typing import TYPE_CHECKING

from agent.language.understand import language_of
from agent.retrieval.vectors import embed

if TYPE_CHECKING:
    from agent.retrieval.vectors import Vector

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
    first, second, told = _phrases(one, language), _phrases(other, language), embed(said)
    return _nearest(first, second, told), _nearest(second, first, told)


def _phrases(description: str, language: str) -> "dict[str, Vector]":
    """The phrases that can stand in a question, and what they mean."""
    sentences = _SENTENCES.split(description)
    own = [sentence for sentence in sentences if language_of(sentence) == language]
    own = own or [sentence for sentence in sentences if language_of(sentence) is None] or sentences
    phrases = (part.strip(" .,;:-–—•*") for sentence in own for part in _PHRASES.split(sentence) if part)
    return {
        phrase: embed(phrase)
        for phrase in phrases
        if _SHORTEST <= len(phrase) <= _LONGEST and not _ENDS.search(phrase)
    }


def _nearest(phrases: "dict[str, Vector]", others: "dict[str, Vector]", told: "Vector") -> str:
    same = set(map(str.casefold, others))  # also where no piece of them is known
    alike = {
        phrase: max((float(vector @ other) for other in others.values()), default=0.0)
        for phrase, vector in phrases.items()
        if phrase.casefold() not in same
    }
    own = [phrase for phrase in alike if alike[phrase] < _THE_SAME]
    best = sorted(own, key=lambda phrase: float(phrases[phrase] @ told) - alike[phrase], reverse=True)
    named = ", ".join(sorted(best[:_PHRASES_EACH], key=own.index))
    return named if len(named) <= _ROOM else best[0]
