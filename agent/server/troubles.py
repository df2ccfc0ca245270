"""What operators were last warned of, by kind alone: catalogue, store, targets, turn (the model), server."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter

SECONDS = 3600.0
"""How long a warning is remembered."""


class Troubles(logging.Handler):
    """Notes which parts of the package have warned, and when; never what they said."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(logging.WARNING)
        self._counter = counter
        self._last: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Note a warning."""
        kind = record.name.split(".")[1] if "." in record.name else record.name
        self._last[kind] = time.monotonic()
        self._counter.labels(kind).inc()

    def recent(self) -> dict[str, int]:
        """The kinds of the last hour, and how many seconds ago each was warned of last."""
        now = time.monotonic()
        return {kind: int(now - at) for kind, at in sorted(self._last.items()) if now - at < SECONDS}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While this holds, what the package logs is noted."""
        logger = logging.getLogger("agent")
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)
