"""`--since` and `--until`: so long ago, or a date."""

import re
from datetime import UTC, datetime, timedelta

from agent.errors import InputError

_AGO = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_YEARS = (2000, 2099)


def moment(text: str, option: str, now: datetime) -> datetime:
    """What `text` means: `12h`, `7d` or `2w` before `now`, a date (its midnight, UTC), or a time with its zone.

    Raises `InputError`, which names the `option`.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if (
        found is None
        or not _YEARS[0] <= found.year <= _YEARS[1]
        or (found.tzinfo is None and "T" in text.upper())
    ):
        raise InputError(
            f"{option} {text}: write how long ago (12h, 7d, 2w), a date (2026-11-01), or a time with its zone "
            "(2026-11-01T08:00:00Z)"
        )
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
