"""Passwords and tokens, by what stands before them or by their shape. The patterns are data (`redact.yaml`)."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from agent.language.understand import content_words
from agent.redaction.kinds import patterns
from agent.redaction.spans import Span

_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "`": "`", "‘": "’"}
_END = ".,;)]}>\"'”“’`"  # what may stand behind a value without being part of it
_VALUE = re.compile(r"\S{1,500}")
_QUOTED = 200  # characters between quotes
_SHORTEST = 4  # characters of a password
_TOKEN = 8  # characters of a token
_SYMBOL = re.compile(r"[!@#$%^&*+=?~|\\/<>_§]")
_FLAGS = re.IGNORECASE | re.DOTALL
_Looks = Callable[[str], bool]


class _Lead(NamedTuple):
    """What leads to a value, and what that has to look like."""

    pattern: re.Pattern[str]
    looks: _Looks


def passwords(text: str) -> Iterator[Span]:
    """Passwords that are called so: "my password is hunter2", "Passwort: …", "pwd=…"."""
    yield from _led(text, _password_leads(), "removed_password")


def tokens(text: str) -> Iterator[Span]:
    """Keys and tokens by their published shapes, and what is called one."""
    for shape in _shapes():
        for match in shape.finditer(text):
            yield Span(*match.span(), "removed_token")
    yield from _led(text, _token_leads(), "removed_token")


def _led(text: str, leads: list[_Lead], key: str) -> Iterator[Span]:
    for lead in leads:
        # A value is not part of the match: it may look like a lead itself ("pass: password: x").
        for match in lead.pattern.finditer(text):
            start, end = _value(text, match.end())
            if lead.looks(text[start:end]):
                yield Span(start, end, key)


def _value(text: str, start: int) -> tuple[int, int]:
    """Where the value that begins at `start` stands: between quotes, else up to the next space."""
    closing = _QUOTES.get(text[start : start + 1])
    end = text.find(closing, start + 1, start + _QUOTED) if closing else -1
    if end > start + 1:
        return start + 1, end
    match = _VALUE.match(text, start)
    if match is None:
        return start, start
    return start, start + len(match[0].rstrip(_END))


def _is_one(value: str) -> bool:
    return len(value) >= _SHORTEST and bool(content_words(value) or _SYMBOL.search(value))


def _looks_like_one(value: str) -> bool:
    """Whether `value` is no ordinary word: a digit or a symbol in it, or capital letters behind small ones."""
    inner = value.rstrip("!?")
    odd = any(c.isdigit() for c in value) or _SYMBOL.search(inner) or re.search("[a-zäöü][A-ZÄÖÜ]", value)
    return len(value) >= _SHORTEST and bool(odd)


def _must_be_one(value: str) -> bool:
    """Whether `value` is a password even where nothing leads to it: letters, digits and symbols in one."""
    return _looks_like_token(value) and bool(_SYMBOL.search(value))


def _looks_like_token(value: str) -> bool:
    return len(value) >= _TOKEN and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


@cache
def _password_leads() -> list[_Lead]:
    known = patterns()["passwords"]
    name = rf"(?<![^\W\d_])(?:{'|'.join(known['names'])}){known['about']}"
    ways = ((known["marks"], _is_one), (known["words"], _looks_like_one), ([r"\s+"], _must_be_one))
    return [_Lead(re.compile(f"{name}(?:{'|'.join(way)})", _FLAGS), looks) for way, looks in ways]


@cache
def _token_leads() -> list[_Lead]:
    known = patterns()["tokens"]
    leading = "|".join([*patterns()["passwords"]["marks"], *patterns()["passwords"]["words"]])
    named = rf"(?<![^\W\d_])(?:{'|'.join(known['names'])})(?:{leading})"
    scheme = rf"(?<![^\W\d_])(?:{'|'.join(known['schemes'])})\s+"
    return [_Lead(re.compile(lead, _FLAGS), _looks_like_token) for lead in (named, scheme)]


@cache
def _shapes() -> list[re.Pattern[str]]:
    # Letter by letter as they are published: "sk-" is a key's beginning, "SK-" may be a ticket's.
    return [re.compile(rf"(?<![A-Za-z0-9]){shape}", re.DOTALL) for shape in patterns()["tokens"]["shapes"]]
