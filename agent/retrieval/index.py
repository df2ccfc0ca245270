"""A search index over queues: their words (`ranker`), and what they mean (`vectors`), added up."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from agent.retrieval.ranker import Ranker
from agent.retrieval.terms import meanings
from agent.retrieval.vectors import embed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Document = Sequence[tuple[str, float]]
_MEANING = 0.5  # the weight of what a document's terms mean, beside its words
_VECTORS = 0.4  # the share of a cosine, beside the words' score; set on the open cases
_UNRELATED = 0.25  # the cosine that texts about nothing in common have, too
_NOTHING = 0.01
_CLAUSES = re.compile(r"[.;:,]\s+")
_CLAUSE = 4  # characters; fewer say nothing


class Index:
    """Searches documents; a document is a list of (text, weight)."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._words = Ranker([[*document, (_explained(document), _MEANING)] for document in documents])

    def search(self, query: str, limit: int) -> list[tuple[int, float]]:
        """The best documents as (index, score between 0 and 1), best first, without those that score nothing."""
        import numpy as np

        scores = np.zeros(len(self._documents))
        for number, score in self._words.search(query, len(self._documents)):
            scores[number] = score
        scores += _VECTORS * self._likeness(query)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [
            (int(number), float(scores[number] / (1 + _VECTORS)))
            for number in best
            if scores[number] > _NOTHING
        ]

    def _likeness(self, query: str) -> "NDArray[np.float64]":
        """For each document the cosine of the part of it that is most alike, from 0 (unrelated) to 1."""
        import numpy as np

        parts, owners = self._parts
        best = np.full(len(self._documents), _UNRELATED)
        np.maximum.at(best, owners, parts @ embed(query))
        return (best - _UNRELATED) / (1 - _UNRELATED)

    @cached_property
    def _parts(self) -> "tuple[NDArray[np.float32], NDArray[np.intp]]":
        """A vector for every text and every clause of it, and whose it is."""
        import numpy as np

        vectors, owners = [], []
        for number, document in enumerate(self._documents):
            texts = [text for text, _ in document]
            clauses = [clause for text in texts for clause in _CLAUSES.split(text) if len(clause) >= _CLAUSE]
            for text in dict.fromkeys([*texts, *clauses]):
                vectors.append(embed(text))
                owners.append(number)
        return np.array(vectors, np.float32), np.array(owners)


def _explained(document: Document) -> str:
    return " ".join(meaning for text, _ in document for meaning in meanings(text))
