"""The vendor's limits for what a session carries, held for any text.

A character is a code point here; a cut does not part it from the combining marks and joiners behind it.
"""

import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from agent.language.clean import clean, cut_bytes

NAME = 100
"""Characters of a customer's name or company."""
DETAILS = 1024
"""Bytes of UTF-8 of a customer's details."""
FIELD = 1024
"""Characters of a session attribute."""
TOTAL = 10_000
"""Bytes of all names and values together, percent-encoded: the strictest reading of the vendor's 10 KB."""
LINK = 7_500
"""The same for a link: with its address it stays below the 8,000 that servers and browsers surely take."""

_JOINER = "\u200d"
_SKIN = range(0x1F3FB, 0x1F400)
_LONGEST_CLUSTER = 32


def line(text: str) -> str:
    """`text` on one line, without control characters and lone surrogates."""
    return " ".join(clean(text).split())


def cut(text: str, characters: int) -> str:
    """The beginning of `text` on one line with at most that many characters."""
    text = line(text)
    return text[: _boundary(text, characters)].rstrip()


def cut_to_bytes(text: str, limit: int) -> str:
    """The beginning of `text` on one line with at most `limit` bytes of UTF-8."""
    text = line(text)
    return text[: _boundary(text, len(cut_bytes(text, limit)))].rstrip()


def fit(values: Mapping[str, str], limit: int) -> dict[str, str]:
    """`values` without empty ones, within `limit` bytes percent-encoded; what comes last is cut or left out."""
    kept: dict[str, str] = {}
    for name, value in values.items():
        room = limit - _encoded(name) - 2  # "=" and "&"
        text = _cut_encoded(value, room)
        if text:
            kept[name] = text
            limit = room - _encoded(text)
    return kept


def _encoded(text: str) -> int:
    return len(quote(text, safe=""))


def _cut_encoded(text: str, room: int) -> str:
    if _encoded(text) <= room:
        return text
    for end, character in enumerate(text):
        room -= _encoded(character)
        if room < 0:
            return text[: _boundary(text, end)].rstrip()
    return text


def _boundary(text: str, end: int) -> int:
    """`end`, or a place shortly before it that parts nothing which is seen as one character."""
    if end >= len(text):
        return len(text)
    for place in range(end, max(0, end - _LONGEST_CLUSTER), -1):
        if not _joined(text[place - 1], text[place]):
            return place
    return end


def _joined(before: str, after: str) -> bool:
    return _JOINER in (before, after) or ord(after) in _SKIN or unicodedata.category(after).startswith("M")
