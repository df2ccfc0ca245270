"""The appliance's API, with token, one renewal after a 401, and retries of what is safe to repeat."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import tenacity

from agent.targets.beyondtrust.problems import Transient, refusal
from agent.targets.beyondtrust.tokens import Tokens
from agent.targets.beyondtrust.transport import Answer, Transport

T = TypeVar("T")
ATTEMPTS = 2
_HINT = "each API (command, reporting, configuration) has a right of its own"
_LONGEST = 5.0  # seconds of a pause that are worth waiting while a person waits, too


class Client:
    """Sends requests of one API account."""

    def __init__(
        self,
        transport: Transport,
        tokens: Tokens,
        *,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self.host = transport.host
        self._transport = transport
        self._tokens = tokens
        self._sleep = sleep

    async def sign_in(self) -> None:
        """Get a token and do nothing with it. Raises `TargetError` or `StoreError`."""
        await self._tokens.get()

    async def send(
        self,
        method: str,
        path: str,
        read: Callable[[Answer], T],
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        low: bool = False,
        repeat: bool,
    ) -> T:
        """What `read` makes of the answer; it raises `Transient` or `Refused` where the answer is an error.

        `repeat`: it does no harm if the request is carried out twice. What has surely not been carried out is
        tried again in any case. `low` is the lane that yields to session keys. Raises `TargetError` or `StoreError`.
        """

        def again(state: tenacity.RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            safe = isinstance(error, Transient) and (repeat or not error.reached)
            return safe and (getattr(error, "after", None) or 0.0) <= _LONGEST

        def pause(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            after = getattr(error, "after", None)
            return random.uniform(0.1, 0.4) if after is None else float(after)  # noqa: S311

        async def once(refused: str | None = None) -> tuple[str, Answer]:
            try:
                token = await self._tokens.get(refused=refused)
            except Transient as error:
                error.reached = False  # whatever became of the token, the request itself has not begun
                raise
            return token, await self._transport.send(
                method, path, authorization=f"Bearer {token}", query=query, form=form, json=json, low=low
            )

        async for attempt in tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=pause,
            retry=again,
            sleep=self._sleep,
            reraise=True,
        ):
            with attempt:
                token, answer = await once()
                if answer.status == 401:  # nothing was done, so a new token may try
                    token, answer = await once(refused=token)
                if answer.status == 401:
                    raise refusal(self.host, f"{method} {path}", 401, "", _HINT)
                return read(answer)
        raise AssertionError("tenacity returns or raises")
