"""Opening hours: a time zone, spans by weekday or date, and closed dates."""

from datetime import datetime

from agent.records.base import Record


class Hours(Record):
    """When a queue is staffed, in the time zone's own wall time.

    `open` maps "mon", "mon-fri" or a date ("2026-12-24", which replaces that day's hours) to spans:
    "08:00-18:00", several with commas, "22:00-06:00" over midnight, "00:00-24:00". `closed` lists dates.
    """

    timezone: str
    open: dict[str, str]
    closed: tuple[str, ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Whether `at` (an aware datetime) lies in a span."""
        raise NotImplementedError

    def next_opening(self, at: datetime) -> datetime | None:
        """When it opens next after `at`, in its own time zone; None if not within 60 days."""
        raise NotImplementedError
