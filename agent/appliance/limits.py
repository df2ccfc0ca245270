"""Rate limits: 20 requests a second and 15,000 an hour for an API account, over all endpoints."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import NamedTuple

A_SECOND, AN_HOUR = 20, 15_000


class Budget(NamedTuple):
    """What is left after a request. Which of the two limits the headers tell is not documented: the nearer one."""

    allowed: bool
    limit: int
    remaining: int

    @property
    def headers(self) -> dict[str, str]:
        """The documented headers."""
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(self.remaining)}


class RateLimits:
    """Counts requests by account. A refused request counts for nothing."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.a_second, self.an_hour = A_SECOND, AN_HOUR
        self._clock = clock
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def take(self, account: str) -> Budget:
        """Count a request of `account`."""
        now, times = self._clock(), self._times[account]
        while times and times[0] <= now - 3600:
            times.popleft()
        second = 0
        for time in reversed(times):
            if time <= now - 1:
                break
            second += 1
        allowed = second < self.a_second and len(times) < self.an_hour
        if allowed:
            times.append(now)
            second += 1
        left = {self.a_second: self.a_second - second, self.an_hour: self.an_hour - len(times)}
        nearer = min(left, key=lambda limit: left[limit])
        return Budget(allowed, nearer, left[nearer])
