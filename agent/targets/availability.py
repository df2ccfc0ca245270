"""How many agents are online, looked up once in a while and shared by all conversations: a hint, never a promise."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from agent.catalogue.schema import Queue
from agent.errors import StoreError, TargetError
from agent.logs import fields

WAIT = 0.5
"""Seconds that a turn waits for a look-up, counted from when that began."""
LONGEST = 3.0
"""Seconds after which a look-up is given up."""

_QUIET = timedelta(minutes=10)  # between two complaints

Online = Callable[[Queue], int | None]
"""How many agents are online for a queue; None where that is not known."""

log = logging.getLogger("agent.targets")


class Availability:
    """What `look_up` found, for `keep`; `clock` gives the aware time of now. Nothing here raises, but cancellation.

    A failure is kept as long as a success: nothing is known then. Only one look-up is under way at a time.
    """

    def __init__(
        self, look_up: Callable[[], Awaitable[Online]], *, keep: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._look_up = look_up
        self._keep = keep
        self._clock = clock
        self._lock = threading.Lock()  # other threads may have event loops of their own
        self._found: tuple[datetime, Online] | None = None
        self._tried: datetime | None = None
        self._complained: datetime | None = None
        self._looking: asyncio.Task[None] | None = None
        self._began = 0.0

    def online(self, queue: Queue) -> int | None:
        """How many agents are online for `queue`, as far as it is known now; no I/O."""
        found = self._found
        return found[1](queue) if found and self._within(found[0], self._keep) else None

    async def refresh(self) -> None:
        """Look up what is not known, or not any more; ends after `WAIT` seconds at most, done or not.

        What takes longer goes on in the background, and serves the next turn.
        """
        loop = asyncio.get_running_loop()
        with self._lock:
            under_way = self._looking and not self._looking.done() and loop.time() < self._began + LONGEST
            if not under_way and not self._within(self._tried, self._keep):
                self._found = None
                self._tried, self._began = self._clock(), loop.time()
                self._looking = loop.create_task(self._look(self._tried))
            looking, until = self._looking, self._began + WAIT
        if looking and not looking.done() and looking.get_loop() is loop and until > loop.time():
            await asyncio.wait([looking], timeout=until - loop.time())

    async def close(self) -> None:
        """End a look-up that is under way in this event loop."""
        looking = self._looking
        if looking and not looking.done() and looking.get_loop() is asyncio.get_running_loop():
            looking.cancel()
            await asyncio.wait([looking])

    async def _look(self, at: datetime) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                self._found = at, await self._look_up()
        except TimeoutError:
            self._complain(f"no answer within {LONGEST:g} s")
        except (TargetError, StoreError) as error:
            self._complain(str(error))
        except Exception as error:  # noqa: BLE001 - a hint must not cost them anything
            self._complain(f"failed with {type(error).__name__}")

    def _complain(self, why: str) -> None:
        if not self._within(self._complained, _QUIET):
            self._complained = self._clock()
            log.warning(
                "who is online could not be looked up, so proposals say nothing of it: %s",
                why,
                extra=fields("availability_failed"),
            )

    def _within(self, at: datetime | None, time: timedelta) -> bool:
        return at is not None and timedelta() <= self._clock() - at < time
