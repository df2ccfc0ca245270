"""Text without disguises: what only makes a number or word look different, and the way back to the original."""

import unicodedata
from typing import NamedTuple


class Plain(NamedTuple):
    """`text` to search in, and for each of its characters the place in the original; one more for the end."""

    text: str
    places: tuple[int, ...] | None

    def original(self, place: int) -> int:
        """Where `place` is in the original."""
        return self.places[place] if self.places else place


def plain(text: str) -> Plain:
    """`text` without invisible characters, with full-width letters and other scripts' digits as ASCII."""
    if text.isascii():
        return Plain(text, None)
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if unicodedata.category(character) == "Cf":
            continue
        simple = unicodedata.normalize("NFKC", character)
        simple = simple if len(simple) == 1 else character
        characters.append(str(unicodedata.digit(simple, simple)))
        places.append(place)
    return Plain("".join(characters), (*places, len(text)))
