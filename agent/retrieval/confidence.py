"""How sure a search is of its best hit.

A logistic model of two numbers: how far the best score is above the second, and how many words say what it is about.
Fitted on the open eval cases alone (`benchmarks/calibrate.py`), where it tells clear openings from vague ones.
"""

import math
from collections.abc import Sequence

FITS = 0.12
"""From this score on a queue fits at all; of what is nobody's here, nine of ten score less."""
_CONSTANT, _MARGIN, _WORDS = -2.0, 6.94, 0.27
_ENOUGH = 8  # words; more say no more


def confidence(scores: Sequence[float], words: int) -> float:
    """The probability that the best of `scores`, in falling order, is right for a text of so many telling words."""
    if not scores:
        return 0.0
    margin = scores[0] - (scores[1] if len(scores) > 1 else 0.0)
    return 1 / (1 + math.exp(-(_CONSTANT + _MARGIN * margin + _WORDS * min(words, _ENOUGH))))
