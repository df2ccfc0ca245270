"""Cards, bank accounts and national ids: digits of the right shape whose check digits are right (python-stdnum)."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

from agent.redaction.kinds import patterns
from agent.redaction.spans import Finder, Span

_GROUPS = re.compile(r"\d+")
_BETWEEN = re.compile(r"[\s./_-]{0,3}")  # what people put between the groups of a card's number
_CARD = range(12, 20)  # digits
_FIRST = "23456"  # of the brands
_IBAN = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9]{2})", re.IGNORECASE)
_IBAN_REST = re.compile(r"(?:[ -]{0,2}[A-Z0-9]){11,30}", re.IGNORECASE | re.ASCII)
_NO_CHECK: Callable[[str], bool] = lambda _: True  # noqa: E731


def cards(text: str) -> Iterator[Span]:
    """Card numbers of the known brands, in one piece or in groups."""
    from stdnum import luhn

    shape = _card()
    groups = [match.span() for match in _GROUPS.finditer(text)]
    for first, (start, _) in enumerate(groups):
        if text[start] not in _FIRST:
            continue
        digits, before = "", start
        for left, right in groups[first:]:
            if (digits and not _BETWEEN.fullmatch(text, before, left)) or len(digits) >= _CARD.stop:
                break
            digits, before = digits + text[left:right], right
            if len(digits) in _CARD and shape.fullmatch(digits) and luhn.is_valid(digits):
                yield Span(start, right, "removed_card")


def ibans(text: str) -> Iterator[Span]:
    """International bank account numbers."""
    from stdnum import iban

    for match in _IBAN.finditer(text):
        rest = _IBAN_REST.match(text, match.end())
        if rest is None:
            continue
        places = [place for place in range(*rest.span()) if text[place].isalnum()]
        length = _account_length(text[match.start() : match.start() + 2].upper())
        # Words may follow: a country's numbers have one length.
        if 0 < length <= len(places) and iban.is_valid(text[match.start() : places[length - 1] + 1]):
            yield Span(match.start(), places[length - 1] + 1, "removed_iban")


def ids_of(countries: tuple[str, ...]) -> Finder:
    """Finds the national ids of `countries`."""
    known = [
        # Looked for at every place: one number may begin inside of what looks like another.
        (re.compile(rf"(?<![^\W_])(?=({shape})(?![^\W_]))", re.IGNORECASE | re.ASCII), _check(module))
        for country in countries
        for shape, module in patterns()["ids"][country].items()
    ]

    def find(text: str) -> Iterator[Span]:
        for pattern, is_valid in known:
            for match in pattern.finditer(text):
                if is_valid(match[1]):
                    yield Span(*match.span(1), "removed_id")

    return find


@cache
def _account_length(country: str) -> int:
    """How many characters follow the four first ones in IBANs of `country`; 0 where there are none."""
    from stdnum import numdb

    ((_, known),) = numdb.get("iban").info(country)
    return sum(int(count) for count in re.findall(r"(\d+)!", known.get("bban", "")))


def _check(module: str) -> Callable[[str], bool]:
    if not module:
        return _NO_CHECK
    is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return is_valid


@cache
def _card() -> re.Pattern[str]:
    return re.compile(patterns()["cards"])
