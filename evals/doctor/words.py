"""A description with the words that tell a queue apart, taken from what people wrote. No model."""

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from agent.language.locale import WORD, words_of
from agent.language.understand import content_words
from evals.doctor.confusions import Evidence

WORDS = 8
"""That are added to a description, at most."""
SHARED = 2
"""Cases that a word stands in, at least: what one person wrote may be a name, or chance."""
RATIO = 3.0
"""A word has to be so many times as frequent in the queue's own cases as in those of the others."""
_SHORTEST = 3  # characters of a word


async def add_words(evidence: Evidence) -> str | None:
    """The queue's description and the words after it; None where no word tells the lost cases from the others."""
    words = telling(evidence)
    if not words:
        return None
    description = evidence.queue.description
    end = "" if not description or description.endswith((".", "!", "?", ":", ";", ",")) else "."
    return f"{description}{end} {', '.join(words)}.".strip()


def telling(evidence: Evidence) -> list[str]:
    """The words of the lost cases that the queue's own share and the others lack, the most telling first."""
    lost, own, others = (_counted(texts) for texts in (evidence.lost, evidence.own, evidence.others))
    queue = evidence.queue
    known = _words(" ".join([queue.name, queue.description, *queue.examples]))
    known |= _words(" ".join(rival.name for rival in evidence.rivals))
    scores: dict[str, float] = {}
    for word in lost.keys() - known:
        # Half a case more, so that a word that never occurs elsewhere is not beyond all measure.
        here = (own[word] + 0.5) / (len(evidence.own) + 1)
        there = (others[word] + 0.5) / (len(evidence.others) + 1)
        if own[word] >= SHARED and here >= RATIO * there and len(word) >= _SHORTEST and not word.isnumeric():
            scores[word] = own[word] * math.log(here / there)
    best = sorted(scores, key=lambda word: (-scores[word], word))[:WORDS]
    return [_spelled(word, evidence.own) for word in best]


def _counted(texts: Iterable[str]) -> Counter[str]:
    """In how many of the texts each word stands."""
    return Counter(word for text in texts for word in _words(text))


@lru_cache(maxsize=1 << 14)  # every fold has most texts in common with the others
def _words(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


def _spelled(word: str, texts: Iterable[str]) -> str:
    """The word as it is mostly written."""
    written = Counter(found for text in texts for found in WORD.findall(text) if words_of(found) == [word])
    return max(written, key=lambda found: (written[found], found), default=word)
