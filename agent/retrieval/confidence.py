"""How sure a search is: whether enough was said, and whether its best hit is right.

Two logistic models, fitted by `benchmarks/calibrate.py` on the open eval cases and on train rows of outside data.
"""

import math
from collections.abc import Sequence

FITS = 0.12
"""From this score on a queue fits."""
ENOUGH = 0.48
"""The probability from which what was said counts as enough."""
_ENOUGH = (-2.27, 6.34, 0.27)  # constant, margin, words
_RIGHT = (-1.34, 5.25, 4.51)  # constant, margin, best score
_MOST_WORDS = 8  # more say no more


def enough(scores: Sequence[float], words: int) -> float:
    """The probability that nothing has to be asked, for `scores` in falling order and so many telling words.

    It tells what is vague from what is clear: the margin between the two best, and how much was said.
    """
    return _logistic(_ENOUGH, _margin(scores), min(words, _MOST_WORDS)) if scores else 0.0


def confidence(scores: Sequence[float]) -> float:
    """The probability that the best of `scores`, in falling order, is right."""
    return _logistic(_RIGHT, _margin(scores), scores[0]) if scores else 0.0


def _margin(scores: Sequence[float]) -> float:
    return scores[0] - (scores[1] if len(scores) > 1 else 0.0)


def _logistic(weights: tuple[float, float, float], *numbers: float) -> float:
    constant, *slopes = weights
    return 1 / (1 + math.exp(-constant - sum(map(float.__mul__, slopes, map(float, numbers)))))
