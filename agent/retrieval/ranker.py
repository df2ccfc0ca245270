"""Rank texts for a query: TF-IDF over words, word pairs and pieces of words, compared by cosine.

Pieces of 3 to 5 characters let "databases" meet "database", forgive typing, and open German compounds
("Datenbankverbindung"). `index` adds what texts mean.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from agent.language.understand import content_words
from agent.retrieval.terms import explained, meanings

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A whole word tells more than one of its pieces; a word has many pieces, so each counts little.
_WORD, _PAIR, _PIECE = 1.0, 0.7, 0.35


def _features(text: str) -> Counter[str]:
    words = content_words(text)
    found: Counter[str] = Counter()
    for word in words:
        found[word] += _WORD  # type: ignore[assignment]  # a Counter of weights
        edged = f"<{word}>"
        for size in (3, 4, 5):
            for start in range(len(edged) - size + 1):
                found["~" + edged[start : start + size]] += _PIECE  # type: ignore[assignment]
    for first, second in pairwise(words):
        found[f"{first} {second}"] += _PAIR  # type: ignore[assignment]
    return found


class Ranker:
    """A search index over documents; a document is a list of (text, weight)."""

    def __init__(self, documents: Sequence[Sequence[tuple[str, float]]]) -> None:
        import numpy as np

        self._count = len(documents)
        postings: dict[str, list[tuple[int, float]]] = {}
        for index, document in enumerate(documents):
            weights: dict[str, float] = {}
            for text, weight in document:
                for feature, count in _features(text).items():
                    weights[feature] = weights.get(feature, 0.0) + weight * count
            for feature, value in weights.items():
                postings.setdefault(feature, []).append((index, math.log1p(value)))
        self._idf = {f: math.log1p(self._count / len(hits)) for f, hits in postings.items()}
        norms = np.zeros(self._count)
        for feature, hits in postings.items():
            for index, value in hits:
                norms[index] += (value * self._idf[feature]) ** 2
        norms = np.sqrt(norms) + 1e-9
        self._postings: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        for feature, hits in postings.items():
            rows = np.array([index for index, _ in hits])
            values = np.array([value for _, value in hits]) * self._idf[feature]
            self._postings[feature] = (rows, values / norms[rows])

    def search(self, query: str, limit: int) -> list[tuple[int, float]]:
        """The best documents as (index, score between 0 and 1), best first, without those that score 0.

        What no document contains lowers every score alike: a query of unknown words finds nothing for sure.
        """
        import numpy as np

        told = _features(query)
        for meaning in meanings(query):
            told.update(_features(meaning))
        features = {feature: math.log1p(count) for feature, count in told.items()}
        known = {f: v * self._idf[f] for f, v in features.items() if f in self._idf}
        if not known:
            return []
        unknown = math.log1p(self._count)
        # Only whole words count as unknown, and only those that nothing explains; an odd piece of a known word is
        # no sign of another subject.
        plain = set(content_words(query)) - known.keys() - explained(query)
        missing = sum((features[word] * unknown) ** 2 for word in plain)
        norm = math.sqrt(sum(v * v for v in known.values()) + missing)
        scores = np.zeros(self._count)
        for feature, value in known.items():
            rows, weights = self._postings[feature]
            scores[rows] += weights * (value / norm)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(int(index), min(1.0, float(scores[index]))) for index in best if scores[index] > 0]
