"""What servers say of errors and pauses, fit for an operator's eyes."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from agent.language.clean import one_line

_SECRET = re.compile(r"\b(sk-|Bearer\s)\S+", re.IGNORECASE)
_WINDOW = 16  # characters in a row that a server's message may not share with the conversation


def harmless(text: str, private: Sequence[str]) -> str:
    """A server's message for an operator; empty where it repeats something of `private`."""
    text = _SECRET.sub("…", one_line(text, 300))
    known = "\n".join(private).casefold()
    seen = text.casefold()
    windows = (seen[i : i + _WINDOW] for i in range(max(1, len(seen) - _WINDOW + 1)))
    shares = any(len(window) == _WINDOW and window in known for window in windows)
    short = (entry.casefold() for entry in private if 3 < len(entry) < _WINDOW)
    return "" if shares or any(entry in seen for entry in short) else text


def retry_after(headers: Any) -> float | None:
    """The pause that the server asks for: seconds, or a date."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
