"""The one retry policy; the SDK's own is turned off."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from agent.models.failures import Transient

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[Any]]

_LONGEST = 10.0  # seconds that are worth waiting while a person waits, too
_FIRST_SHARE = 2 / 3  # of the time goes to the first attempt, so that one that hangs leaves time for another


async def with_retries(
    call: Callable[[], Awaitable[T]], *, attempts: int, seconds: float, sleep: Sleep = asyncio.sleep
) -> T:
    """What `call` returns, tried at most `attempts` times within that many `seconds` altogether.

    Only `Transient` is tried again, after the pause that the server asked for, unless that is longer than the
    time that is left or ten seconds. Raises what the last attempt raised.
    """
    import tenacity

    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds

    def pause(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        after = error.after if isinstance(error, Transient) else None
        # Spread out, so that callers who failed together do not come back together.
        return random.uniform(0.25, 0.75) if after is None else after  # noqa: S311

    def again(state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        return isinstance(error, Transient) and (error.after or 0) < min(_LONGEST, deadline - loop.time())

    async for attempt in tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(attempts), wait=pause, retry=again, sleep=sleep, reraise=True
    ):
        with attempt:
            left = max(0.0, deadline - loop.time())
            first = attempt.retry_state.attempt_number == 1 and attempts > 1
            try:
                async with asyncio.timeout(min(left, seconds * _FIRST_SHARE) if first else left):
                    return await call()
            except TimeoutError:
                raise Transient("the model server did not answer in time", code="timeout") from None
    raise AssertionError("tenacity returns or raises")
