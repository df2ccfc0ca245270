"""The account's access token: one for all processes, renewed before it ends.

An account has at most 30 valid tokens, and the 31st makes the oldest invalid (the vendor's API guide); so who needs
one takes the one in the store, and only one at a time asks for a new one.
"""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import Field

from agent.language.servers import harmless
from agent.records.base import Record
from agent.targets.beyondtrust.credentials import Credentials
from agent.targets.beyondtrust.problems import RIGHTS, Refused, Transient
from agent.targets.beyondtrust.shared import Shared, short_pause
from agent.targets.beyondtrust.transport import Answer, Transport

EARLY = 300.0
"""Seconds before its end from which a token is renewed (a quarter of a short life); it still serves meanwhile."""
_SLACK = 5.0  # seconds by which a lease is longer than what it is for
_LAST = 10.0  # seconds before its end from which it does not


class Token(Record):
    """The token in use, when to renew it, its end, and until when somebody has taken that on (Unix seconds)."""

    token: str = Field(default="", repr=False)
    renew: float = 0.0
    ends: float = 0.0
    leased: float = 0.0


class Tokens:
    """Gives out the token that the processes of an account share. `clock` is the wall clock."""

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        shared: Shared[Token],
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._transport = transport
        self._credentials = credentials
        self._shared = shared
        self._clock = clock
        self._sleep = sleep

    async def get(self, *, refused: str | None = None) -> str:
        """A token, but not the one that was `refused`. Raises `Refused`, `Transient` or `StoreError`."""
        while True:
            read = await self._shared.read()
            kept, now = read.value, self._clock()
            usable = bool(kept.token) and kept.token != refused and kept.ends - _LAST > now
            renewing = kept.leased > now
            if usable and (renewing or kept.renew > now):
                return kept.token
            if renewing:
                await self._sleep(short_pause())
                continue
            lease = kept.model_copy(update={"leased": now + self._transport.seconds + _SLACK})
            if await self._shared.write(lease, read):
                return await self._renew(kept, lease)

    async def _renew(self, before: Token, lease: Token) -> str:
        new = before.model_copy(update={"leased": 0.0})
        try:
            async with asyncio.timeout(self._transport.seconds):  # so that nobody else begins meanwhile
                new = await self._request()
        except TimeoutError:
            raise Transient(f"{self._transport.host} gave no token in time", reached=True) from None
        finally:
            # Also on failure: the next one need not wait for the lease to end.
            read = await self._shared.read()
            if read.value == lease:
                await self._shared.write(new, read)
        return new.token

    async def _request(self) -> Token:
        now = self._clock()
        client_id = self._credentials.client_id.get_secret_value()
        secret = self._credentials.client_secret.get_secret_value()
        basic = b64encode(f"{client_id}:{secret}".encode()).decode()
        answer = await self._transport.send(
            "POST", "/oauth2/token", authorization=f"Basic {basic}", form={"grant_type": "client_credentials"}
        )
        data = _object(answer)
        token, seconds = data.get("access_token"), data.get("expires_in", 3600)
        if answer.status == 200 and isinstance(token, str) and token.isascii() and token.isprintable():
            life = seconds if isinstance(seconds, int) else 3600
            return Token(token=token, renew=now + life - min(EARLY, life / 4), ends=now + life)
        if answer.status >= 500:
            raise Transient(f"{self._transport.host} gives no token ({answer.status})", reached=True)
        said = harmless(str(data.get("error", "")), [client_id, secret])
        raise Refused(
            f"{self._transport.host} gives no token ({answer.status}{', ' + said if said else ''}): check "
            "HANDOFF_BEYONDTRUST_CLIENT_ID and _CLIENT_SECRET, and that the API account is enabled and may be used "
            f"from this network ({RIGHTS})",
            answer.status,
        )


def _object(answer: Answer) -> dict[str, Any]:
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
