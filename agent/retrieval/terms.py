"""What names and jargon mean in plain words: "Okta" is sign-in, "Drucker" is a printer.

A search over descriptions knows only the words that stand there; people write the names of products, in their own
language, and where they are. The lists are `agent/data/terms.txt` and `places.txt`.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from agent.language.locale import words_of

LONGEST = 3
"""Words of a term, at most."""


def meanings(text: str) -> list[str]:
    """What the terms in `text` mean, a phrase for each; of terms that overlap the longest counts."""
    return [meaning for _, meaning in _found(words_of(text))]


def explained(text: str) -> frozenset[str]:
    """The words of `text` that stand in a term."""
    return frozenset(word for words, _ in _found(words_of(text)) for word in words)


def _found(words: list[str]) -> Iterator[tuple[list[str], str]]:
    terms = _terms()
    place = 0
    while place < len(words):
        for length in range(LONGEST, 0, -1):
            meaning = terms.get(_folded(words[place : place + length]))
            if meaning:
                yield words[place : place + length], meaning
                place += length
                break
        else:
            place += 1


@cache
def _terms() -> dict[str, str]:
    places = ((city, country) for country, cities in _lines("places.txt") for city in cities.split(", "))
    # A word that is both is no place: terms come last.
    return {_folded(words_of(term)): meaning for term, meaning in (*places, *_lines("terms.txt"))}


def _lines(name: str) -> Iterator[tuple[str, str]]:
    text = (files("agent") / "data" / name).read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("# "):
            before, _, after = line.partition(": ")
            yield before, after


def _folded(words: list[str]) -> str:
    text = " ".join(words)
    if text.isascii():
        return text
    # With accents or without, ß or ss: both are typed.
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).replace(
        "ß", "ss"
    )
