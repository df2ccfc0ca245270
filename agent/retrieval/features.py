"""What a text is made of: words, word pairs and pieces of words, each with how much it tells.

Pieces of 3 to 5 characters let "databases" meet "database", forgive typing, and open German compounds
("Datenbankverbindung").
"""

from collections import Counter
from functools import lru_cache
from itertools import pairwise

from agent.language.understand import content_words
from agent.retrieval.terms import meanings

# A whole word tells more than one of its pieces; a word has many pieces, so each counts little.
_WORD, _PAIR, _PIECE = 1.0, 0.7, 0.35


def features(text: str) -> Counter[str]:
    """The features of `text` itself, each with its weight."""
    words = content_words(text)
    found: Counter[str] = Counter()
    for word in words:
        found[word] += _WORD  # type: ignore[assignment]  # a Counter of weights
        for piece in _pieces(word):
            found[piece] += _PIECE  # type: ignore[assignment]
    for first, second in pairwise(words):
        found[f"{first} {second}"] += _PAIR  # type: ignore[assignment]
    return found


def explained_features(text: str) -> Counter[str]:
    """The features of `text` and of what its terms mean."""
    found = features(text)
    for meaning in meanings(text):
        found.update(features(meaning))
    return found


@lru_cache(maxsize=1 << 16)  # catalogues repeat their words
def _pieces(word: str) -> tuple[str, ...]:
    edged = f"<{word}>"
    return tuple(
        "~" + edged[start : start + size] for size in (3, 4, 5) for start in range(len(edged) - size + 1)
    )
