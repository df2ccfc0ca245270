"""The appliance's rate limit, kept by all processes together.

An API account may send 20 requests a second and 15,000 an hour over all endpoints (the vendor's API guide).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import Field

from agent.records.base import Record
from agent.targets.beyondtrust.problems import OverBudget
from agent.targets.beyondtrust.shared import Shared, short_pause

PER_SECOND = 20
PER_HOUR = 15_000
WINDOW = 1.2
"""Seconds in which at most `PER_SECOND` are sent: longer than one, for what the network shifts."""
LOW_PER_SECOND, LOW_PER_HOUR = 10, 12_000
"""What requests of low priority may use up; the rest is kept for session keys."""

PATIENCE = 10.0
"""Seconds in advance that a place can be reserved; who would have to wait longer is told so at once."""

_PAUSE = 60.0  # seconds without requests when the hour is used up, by others too
_MINUTES = 61  # of the hour, with the one that is only partly in it


class Usage(Record):
    """When the last `PER_SECOND` requests start, how many start in each minute, and until when nobody may.

    Until `hold_low` only session keys may.
    """

    starts: tuple[float, ...] = ()
    minutes: dict[int, int] = Field(default_factory=dict)
    hold: float = 0.0
    hold_low: float = 0.0

    def hour(self, now: float) -> int:
        """Requests of the last hour."""
        return sum(count for minute, count in self.minutes.items() if minute > now // 60 - _MINUTES)

    def next_start(self, now: float, per_second: int) -> float:
        """The earliest moment for another request; never before one that is there already."""
        free = self.starts[-per_second] + WINDOW if len(self.starts) >= per_second else now
        return max(now, free, self.hold, *self.starts[-1:])

    def with_start(self, at: float) -> "Usage":
        """This usage with one more request, at `at`."""
        minute = int(at // 60)
        minutes = {then: count for then, count in self.minutes.items() if then > minute - _MINUTES}
        minutes[minute] = minutes.get(minute, 0) + 1
        return self.model_copy(update={"starts": (*self.starts, at)[-PER_SECOND:], "minutes": minutes})


class Budget:
    """Lets requests start when there is room. `clock` is the wall clock, which processes share."""

    def __init__(
        self,
        shared: Shared[Usage],
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._shared = shared
        self._clock = clock
        self._sleep = sleep

    async def take(self, *, low: bool = False) -> None:
        """Wait for a place and take it.

        A place for a session key is reserved, so that it comes in turn; a request of low priority only takes what
        is free at the moment. Raises `OverBudget` where the hour, or the share of it for low priority, is used up.
        """
        while True:
            read = await self._shared.read()
            usage, now = read.value, self._clock()
            start = usage.next_start(now, LOW_PER_SECOND if low else PER_SECOND)
            used, hold = usage.hour(now), usage.hold_low if low else usage.hold
            if used >= (LOW_PER_HOUR if low else PER_HOUR) or max(start, hold) > now + PATIENCE:
                raise OverBudget(
                    f"the rate limit leaves no room now: {used:,} of {PER_HOUR:,} requests of this hour were used "
                    "here; other programs with the same API account count, too"
                )
            start = max(start, hold)
            if low and start > now:
                await self._sleep(start - now)
            elif await self._shared.write(usage.with_start(start), read):
                if start > now:
                    await self._sleep(start - now)
                return
            else:
                await self._sleep(short_pause())

    async def hold(self, seconds: float, *, low_only: bool = False) -> None:
        """Let nobody start for `seconds`, at most a minute; or nobody but session keys."""
        name = "hold_low" if low_only else "hold"
        while True:
            read = await self._shared.read()
            until = max(getattr(read.value, name), self._clock() + min(seconds, _PAUSE))
            if await self._shared.write(read.value.model_copy(update={name: until}), read):
                return
            await self._sleep(short_pause())

    async def heard(self, limit: int, remaining: int) -> None:
        """Take in what the appliance says is left, of a second or of an hour: it counts other programs, too."""
        hourly = limit > 2 * PER_SECOND
        if remaining <= 0:
            await self.hold(_PAUSE if hourly else 1.0)
        elif hourly and remaining < limit * (PER_HOUR - LOW_PER_HOUR) / PER_HOUR:
            await self.hold(_PAUSE, low_only=True)
