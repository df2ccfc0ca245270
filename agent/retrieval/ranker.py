"""Rank texts for a query: TF-IDF over their features, compared by cosine. `index` adds what texts mean."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.language.understand import content_words
from agent.retrieval.features import explained_features, features
from agent.retrieval.terms import explained

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Ranker:
    """Scores documents; a document is a list of (text, weight)."""

    def __init__(self, documents: Sequence[Sequence[tuple[str, float]]]) -> None:
        import numpy as np

        self._count = len(documents)
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for index, document in enumerate(documents):
            weights: dict[str, float] = {}
            for text, weight in document:
                for feature, count in features(text).items():
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
        told = {feature: math.log1p(count) for feature, count in explained_features(query).items()}
        known = {f: v * self._idf[f] for f, v in told.items() if f in self._idf}
        if not known:
            return scores
        unknown = math.log1p(self._count)
        # Only whole words count as unknown, and only those that nothing explains; an odd piece of a known word is
        # no sign of another subject.
        plain = set(content_words(query)) - known.keys() - explained(query)
        missing = sum((told[word] * unknown) ** 2 for word in plain)
        norm = math.sqrt(sum(v * v for v in known.values()) + missing)
        for feature, value in known.items():
            rows, weights = self._postings[feature]
            scores[rows] += weights * (value / norm)
        return scores / self._norms
