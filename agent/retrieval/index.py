"""A search index over queues: their words (`ranker`), what they mean (`vectors`), what examples teach (`learned`)."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from agent.retrieval.learned import Example, Learned, most
from agent.retrieval.ranker import Ranker
from agent.retrieval.terms import meanings
from agent.retrieval.vectors import STATIC, Meaning, products

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Document = Sequence[tuple[str, float]]
_EXPLAINED = 0.5  # the weight of what a document's terms mean, beside its words
_NOTHING = 0.01
_LEARNED = 0.1  # less than this is only what examples teach about others
_CLAUSES = re.compile(r"[.;:,]\s+")
_CLAUSE = 4  # characters; fewer say nothing


class Index:
    """Searches documents; a document is a list of (text, weight), an example a text that belongs to one.

    Examples are learned from; where there are too many for that they are searched as a part of their document.
    """

    def __init__(
        self, documents: Sequence[Document], examples: Sequence[Example] = (), meaning: Meaning = STATIC
    ) -> None:
        learns = 0 < len(examples) <= most(len(documents))
        self._meaning = meaning
        self._documents = documents if learns or not examples else _with(documents, examples)
        self._words = Ranker(
            [[*document, (_explained(document), _EXPLAINED)] for document in self._documents]
        )
        self._learned = (
            Learned(examples, self._found([example.text for example in examples]), meaning)
            if learns
            else None
        )

    @property
    def elsewhere(self) -> float:
        """Below this score a text belongs to no document: what examples say, where there are enough of them."""
        usual = self._learned.usual if self._learned else None
        return self._meaning.elsewhere if usual is None else usual

    def make_ready(self) -> None:
        """Do now what the first search would do."""
        _ = self._parts

    def search(self, query: str, limit: int) -> list[tuple[int, float]]:
        """The best documents as (index, score between 0 and 1), best first, without those that score nothing."""
        import numpy as np

        if not self._documents:
            return []
        found = self._found([query])[0]
        scores = np.clip(found + self._learned.corrections(query), 0, 1) if self._learned else found
        scores[(found <= _NOTHING) & (scores <= _LEARNED)] = 0
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(int(number), float(scores[number])) for number in best if scores[number] > _NOTHING]

    def _found(self, queries: Sequence[str]) -> "NDArray[np.float32]":
        """For each query what words and vectors make of each document, between 0 and 1."""
        import numpy as np

        share = self._meaning.share
        found = [self._words.scores(query) + share * self._likeness(query) for query in queries]
        scores: NDArray[np.float32] = np.clip(np.array(found, np.float32) / (1 + share), 0, 1)
        return scores

    def _likeness(self, query: str) -> "NDArray[np.float64]":
        """For each document the cosine of the part of it that is most alike, from 0 (unrelated) to 1."""
        import numpy as np

        parts, begins = self._parts
        unrelated = self._meaning.unrelated
        likeness = np.maximum.reduceat(products(parts, self._meaning.embed(query)), begins)
        return np.clip((likeness - unrelated) / (1 - unrelated), 0, 1)

    @cached_property
    def _parts(self) -> "tuple[NDArray[np.float32], NDArray[np.intp]]":
        """A vector for every text and every clause of it, and where each document's begin."""
        import numpy as np

        vectors: list[NDArray[np.float32]] = []
        begins = []
        for document in self._documents:
            begins.append(len(vectors))
            texts = [text for text, _ in document]
            clauses = [clause for text in texts for clause in _CLAUSES.split(text) if len(clause) >= _CLAUSE]
            vectors += [self._meaning.embed(text) for text in dict.fromkeys([*texts, *clauses])]
        return np.array(vectors, np.float32), np.array(begins)


def _with(documents: Sequence[Document], examples: Sequence[Example]) -> Sequence[Document]:
    longer = [list(document) for document in documents]
    for example in examples:
        longer[example.owner].append((example.text, 1.0))
    return longer


def _explained(document: Document) -> str:
    return " ".join(meaning for text, _ in document for meaning in meanings(text))
