"""What examples teach: how much more or less each document fits than its own words say.

Kernel ridge regression of what the search misses on the examples. Where a query is like no example, the search stands
as it is; the more examples there are, the less the words of a description count. Two texts are alike by their features
and by what they mean.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from agent.retrieval.features import explained_features
from agent.retrieval.vectors import STATIC, Meaning, products

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

MOST = 2_000
"""Examples that are learned from: solving takes the third power of their number."""
_MOST_NUMBERS = 4_000_000  # examples times documents, in memory
_WIDTH = 2_048  # features are hashed to so many numbers: two in one place cost less than a point of accuracy
_MEANING = 0.5  # how much alike in meaning counts, beside alike in words
_RIDGE = 0.5  # how little a single example is trusted
_UNUSUAL = 0.03  # the share of examples that are hardly like the others
_ENOUGH = 3  # such examples, to say what they score
_MATCH = 0.55  # what a text that belongs to a document scores; with another number scores would mean something else
# All of them were chosen by leaving one out on training rows of the outside data (docs/evals.md).


class Example(NamedTuple):
    """A text that belongs to the document of number `owner`."""

    text: str
    owner: int


def most(documents: int) -> int:
    """How many examples of so many documents can be learned from, within the bounds of time and memory."""
    return min(MOST, _MOST_NUMBERS // max(documents, 1))


class Learned:
    """Made of examples, and of what the search says of each of them: a row of scores for each example."""

    def __init__(self, examples: Sequence[Example], found: "Matrix", meaning: Meaning = STATIC) -> None:
        import numpy as np

        told = [explained_features(example.text) for example in examples]
        spread = Counter(feature for features in told for feature in features)
        self._places = {
            feature: _place(feature, math.log1p(len(told) / count)) for feature, count in spread.items()
        }
        self._words = np.array([self._hashed(features) for features in told])
        self._embed = meaning.embed
        self._meant = np.array([self._embed(example.text) for example in examples])
        alike = (self._words @ self._words.T + _MEANING * self._meant @ self._meant.T) / (1 + _MEANING)
        wanted = np.zeros_like(found)
        own = range(len(examples)), [example.owner for example in examples]
        wanted[own] = np.maximum(found[own], _MATCH)
        ridge = _RIDGE * np.eye(len(examples), dtype=np.float32)
        inverse = np.linalg.inv(alike + ridge)
        self._weights = inverse @ (wanted - found)
        left_out = wanted - self._weights / np.diag(inverse)[:, None]
        best = left_out.max(axis=1)
        self.usual = float(np.quantile(best, _UNUSUAL)) if len(examples) * _UNUSUAL >= _ENOUGH else None
        """What all but 3 of 100 examples score at least when they are not learned from; None: too few to know."""

    def corrections(self, query: str) -> "Matrix":
        """What to add to the score of each document."""
        words = products(self._words, self._hashed(explained_features(query)))
        alike = (words + _MEANING * products(self._meant, self._embed(query))) / (1 + _MEANING)
        return products(self._weights.T, alike.astype("float32"))

    def _hashed(self, features: Counter[str]) -> "Matrix":
        import numpy as np

        hashed = np.zeros(_WIDTH, np.float32)
        for feature, count in features.items():
            if place := self._places.get(feature):
                hashed[place[0]] += math.log1p(count) * place[1]
        return hashed / max(float(np.linalg.norm(hashed)), 1e-9)


def _place(feature: str, rarity: float) -> tuple[int, float]:
    """Where a feature is counted, and with what weight and sign."""
    code = crc32(feature.encode())  # the same in every process
    return (code >> 1) % _WIDTH, rarity if code & 1 else -rarity
