"""Opening hours: a time zone, spans by weekday or date, and closed dates.

Everything is wall time: a span of 08:00-18:00 is that on both sides of a clock change, a time that a change
skips never comes, and one that comes twice is open twice.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from agent.catalogue.spans import DAY, Spans, parse_date, parse_days, parse_spans
from agent.records.base import Record

HORIZON = timedelta(days=60)
"""How far ahead `Hours.next_opening` looks."""


def _checked_days(text: str) -> str:
    parse_days(text)
    return text


def _checked_spans(text: str) -> str:
    parse_spans(text)
    return text


def _checked_date(text: str) -> str:
    parse_date(text)
    return text


def _checked_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError):  # unknown, a folder of the zone data, or a path out of it
        raise ValueError(
            f'unknown time zone "{text}": write an IANA name such as Europe/Berlin or America/New_York'
        ) from None
    return text


class _Week(NamedTuple):
    zone: ZoneInfo
    weekdays: tuple[Spans, ...]
    dates: dict[date, Spans]

    def spans(self, day: date) -> Spans:
        return self.dates.get(day, self.weekdays[day.weekday()])


class Hours(Record):
    """When a queue is staffed, in the time zone's own wall time.

    `open` maps "mon", "mon-fri" or a date ("2026-12-24", which replaces that day's hours) to spans:
    "08:00-18:00", several with commas, "22:00-06:00" over midnight, "00:00-24:00". `closed` lists dates.
    A span over midnight belongs to the day on which it starts: closing the next date leaves its end alone.
    """

    timezone: Annotated[str, AfterValidator(_checked_zone)]
    open: Annotated[
        dict[Annotated[str, AfterValidator(_checked_days)], Annotated[str, AfterValidator(_checked_spans)]],
        Field(min_length=1),
    ]
    closed: tuple[Annotated[str, AfterValidator(_checked_date)], ...] = ()

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        seen: dict[int | date, str] = {}
        for key in self.open:
            for day in parse_days(key):
                if day in seen:
                    raise ValueError(
                        f'"{seen[day]}" and "{key}" both set the hours of the same day: name each day once'
                    )
                seen[day] = key
        for text in self.closed:
            if parse_date(text) in seen:
                raise ValueError(f"{text} is both open and closed: keep it in one of the two")
        return self

    @cached_property
    def _week(self) -> _Week:
        weekdays: list[Spans] = [()] * 7
        dates: dict[date, Spans] = {parse_date(text): () for text in self.closed}
        for key, spans in self.open.items():
            for day in parse_days(key):
                if isinstance(day, date):
                    dates[day] = parse_spans(spans)
                else:
                    weekdays[day] = parse_spans(spans)
        return _Week(ZoneInfo(self.timezone), tuple(weekdays), dates)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in a span. Raises `ValueError` where `at` has no time zone."""
        week, wall = self._week, self._wall(at)
        minute = wall.hour * 60 + wall.minute
        today, yesterday = wall.date(), wall.date() - timedelta(days=1)
        return any(start <= minute < end for start, end in week.spans(today)) or any(
            minute + DAY < end for _, end in week.spans(yesterday)
        )

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open moment from `at` on (`at` itself while it is open), in the hours' own time zone.

        None if there is none within 60 days. Raises `ValueError` where `at` has no time zone.
        """
        moment = self._wall(at).astimezone(UTC)
        limit = moment + HORIZON
        while not self.is_open(moment):
            moment = self._next_change(moment)
            if moment > limit:
                return None
        return moment.astimezone(self._week.zone)

    def _wall(self, at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError("opening hours need a time with a time zone")
        return at.astimezone(self._week.zone)

    def _next_change(self, moment: datetime) -> datetime:
        """The next moment at which a closed queue may open: a span's start, midnight, or a clock change."""
        week, local = self._week, self._wall(moment)
        wall, offset = local.replace(tzinfo=None), local.utcoffset()
        midnight = datetime.combine(wall.date(), datetime.min.time())
        starts = [midnight + timedelta(minutes=start) for start, _ in week.spans(wall.date())]
        following = min((start for start in starts if start > wall), default=midnight + timedelta(days=1))
        then = moment + (following - wall)
        if self._wall(then).utcoffset() == offset:
            return then
        # The clocks change in between, at a whole second: find it.
        before, after = moment.replace(microsecond=0), then
        while after - before > timedelta(seconds=1):
            middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
            if self._wall(middle).utcoffset() == offset:
                before = middle
            else:
                after = middle
        return after
