"""The small language of opening hours: "mon-fri", "2026-12-24", "08:00-12:00, 13:00-18:00"."""

import re
from datetime import date
from itertools import pairwise

DAY = 24 * 60
"""Minutes of a day."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Spans = tuple[tuple[int, int], ...]
"""Start and end in minutes from the day's midnight, the end not included; it passes `DAY` over midnight."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2}) *- *([0-9]{1,2}):([0-9]{2})")


def parse_date(text: str) -> date:
    """A date such as "2026-12-25". Raises `ValueError` with what would be right."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'there is no date "{text}"') from None
    raise ValueError(f'"{text}" is no date: write it as year-month-day, such as 2026-12-25')


def parse_days(text: str) -> tuple[int, ...] | tuple[date]:
    """The weekdays (0 is Monday) of "mon" or "fri-mon", or one date. Raises `ValueError`."""
    if text[:1].isdigit():
        return (parse_date(text),)
    first, _, last = text.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS or text.endswith("-"):
        raise ValueError(
            f'"{text}" is no day: write {", ".join(WEEKDAYS)}, a range such as mon-fri, '
            "or a date such as 2026-12-24"
        )
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))


def parse_spans(text: str) -> Spans:
    """The spans of a day, sorted. Raises `ValueError` with what would be right."""
    spans = sorted(_parse_span(part.strip()) for part in text.split(","))
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise ValueError(f'the spans of "{text}" overlap')
    return tuple(spans)


def _parse_span(text: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(
            f'"{text}" is no span of hours: write "08:00-18:00", several with commas, and leave a day that is '
            "closed out"
        )
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or start >= DAY or end > DAY:
        raise ValueError(f'"{text}" has a time that does not exist: they go from 00:00 to 24:00')
    if start == end:
        raise ValueError(f'"{text}" is empty: write "00:00-24:00" for the whole day')
    return start, end if end > start else end + DAY
