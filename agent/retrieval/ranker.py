"""Rank texts for a query: TF-IDF over words, word pairs and pieces of words, compared by cosine.

Pieces of 3 to 5 characters let "databases" meet "database", forgive typing, and open German compounds
("Datenbankverbindung"). `index` adds what texts mean.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from agent.language.understand import content_words
from agent.retrieval.terms import explained, meanings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A whole word tells more than one of its pieces; a word has many pieces, so each counts little.
_WORD, _PAIR, _PIECE = 1.0, 0.7, 0.35


def _features(text: str) -> Counter[str]:
    words = content_words(text)
    found: Counter[str] = Counter()
    for word in words:
        found[word] += _WORD  # type: ignore[assignment]  # a Counter of weights
        for piece in _pieces(word):
            found[piece] += _PIECE  # type: ignore[assignment]
    for first, second in pairwise(words):
        found[f"{first} {second}"] += _PAIR  # type: ignore[assignment]
    return found


@lru_cache(maxsize=1 << 16)  # catalogues repeat their words
def _pieces(word: str) -> tuple[str, ...]:
    edged = f"<{word}>"
    return tuple(
        "~" + edged[start : start + size] for size in (3, 4, 5) for start in range(len(edged) - size + 1)
    )


class Ranker:
    """Scores documents; a document is a list of (text, weight)."""

    def __init__(self, documents: Sequence[Sequence[tuple[str, float]]]) -> None:
        import numpy as np

        self._count = len(documents)
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for index, document in enumerate(documents):
            weights: dict[str, float] = {}
            for text, weight in document:
                for feature, count in _features(text).items():
                    weights[feature] = weights.get(feature, 0.0) + weight * count
            for feature, value in weights.items():
                rows, values = postings.setdefault(feature, ([], []))
                rows.append(index)
                values.append(value)
        self._idf = {f: math.log1p(self._count / len(rows)) for f, (rows, _) in postings.items()}
        self._postings: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        squares = np.zeros(self._count)
        for feature, (rows, values) in postings.items():
            of, weighted = np.array(rows), np.log1p(values) * self._idf[feature]
            squares[of] += weighted**2  # a document has a feature once
            self._postings[feature] = (of, weighted)
        self._norms = np.sqrt(squares) + 1e-9

    def scores(self, query: str) -> "NDArray[np.float64]":
        """A score between 0 and 1 for each document.

        What no document contains lowers every score alike: a query of unknown words finds nothing for sure.
        """
        import numpy as np

        scores = np.zeros(self._count)
        told = _features(query)
        for meaning in meanings(query):
            told.update(_features(meaning))
        features = {feature: math.log1p(count) for feature, count in told.items()}
        known = {f: v * self._idf[f] for f, v in features.items() if f in self._idf}
        if not known:
            return scores
        unknown = math.log1p(self._count)
        # Only whole words count as unknown, and only those that nothing explains; an odd piece of a known word is
        # no sign of another subject.
        plain = set(content_words(query)) - known.keys() - explained(query)
        missing = sum((features[word] * unknown) ** 2 for word in plain)
        norm = math.sqrt(sum(v * v for v in known.values()) + missing)
        for feature, value in known.items():
            rows, weights = self._postings[feature]
            scores[rows] += weights * (value / norm)
        return scores / self._norms
