"""Text as the pieces of words that the vectors are for: BERT's WordPiece, lower case, without accents."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

_WORDS = re.compile(r"\w+")
_LONGEST = 60  # characters of a word; longer ones are no words


def pieces(text: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The numbers of the longest known pieces; a word with an unknown piece is left out, and so is punctuation."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [number for word in _WORDS.findall(plain) for number in _of(word, vocabulary)]


def _of(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    try:
        return list(_greedy(word[:_LONGEST], vocabulary))
    except KeyError:
        return []


def _greedy(word: str, vocabulary: Mapping[str, int]) -> Iterator[int]:
    start = 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            number = vocabulary.get(prefix + word[start:end])
            if number is not None:
                yield number
                start = end
                break
        else:
            raise KeyError(word)
