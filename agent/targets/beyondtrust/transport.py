"""One request to the appliance, whole, within its limits. It knows nothing of tokens."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

from agent.errors import TargetError
from agent.language.servers import retry_after
from agent.targets.beyondtrust.budget import Budget
from agent.targets.beyondtrust.problems import Refused, TooLarge, Transient

MAX_BYTES = 16 * 2**20
"""Of an answer; a report of thousands of sessions stays below."""

# Guides ask to close the connection after each call; and nothing is to be unpacked beyond the limit.
_HEADERS = {"Connection": "close", "Accept-Encoding": "identity"}


def _accept(path: str) -> dict[str, str]:
    """What the configuration API asks for in so many words; the others do not."""
    return {"Accept": "application/json"} if path.startswith("/api/config/") else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the appliance answered, whatever it means."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends to `host` over verified TLS; each request has a connection of its own, and `seconds` to be answered."""

    def __init__(self, host: str, tls: ssl.SSLContext, budget: Budget, *, seconds: float) -> None:
        self.host = host
        self.seconds = seconds
        self._tls = tls
        self._budget = budget

    async def send(
        self,
        method: str,
        path: str,
        *,
        authorization: str,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        low: bool = False,
    ) -> Answer:
        """The answer, but for redirects, rate limits and failures of the server.

        Raises `Refused`, `Transient`, `OverBudget` or `StoreError`.
        """
        await self._budget.take(low=low)
        try:
            async with (
                asyncio.timeout(self.seconds),
                httpx2.AsyncClient(verify=self._tls, timeout=self.seconds, follow_redirects=False) as client,
                client.stream(
                    method,
                    f"https://{self.host}{path}",
                    headers={**_HEADERS, **_accept(path), "Authorization": authorization},
                    params=query,
                    data=form,
                    json=json,
                ) as response,
            ):
                answer = Answer(response.status_code, response.headers, await self._read(response))
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise self._unreachable(error) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as error:
            what = "in time" if isinstance(error, TimeoutError | httpx2.TimeoutException) else "as a whole"
            raise Transient(f"{self.host} did not answer {what}", reached=True) from None
        await self._note_rate(answer.headers)
        return await self._checked(answer)

    async def _read(self, response: httpx2.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise TargetError(f"{self.host} answered packed, although nothing packed was asked for")
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > MAX_BYTES:
                raise TooLarge(f"{self.host} answered with more than {MAX_BYTES // 2**20} MiB")
        return bytes(body)

    def _unreachable(self, error: Exception) -> TargetError:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return TargetError(
                f"the certificate of {self.host} is not trusted: give the CA that signed it in "
                "HANDOFF_BEYONDTRUST_CA_FILE, or put a certificate for this name on the appliance"
            )
        return Transient(
            f"{self.host} cannot be reached: check the host in the catalogue, network, proxy and firewall",
            reached=False,
        )

    async def _note_rate(self, headers: Mapping[str, str]) -> None:
        limit, remaining = headers.get("x-ratelimit-limit", ""), headers.get("x-ratelimit-remaining", "")
        if limit.isdecimal() and remaining.isdecimal():
            await self._budget.heard(int(limit[:9]), int(remaining[:9]))

    async def _checked(self, answer: Answer) -> Answer:
        if answer.status in (429, 503):
            after = retry_after(answer.headers)
            if answer.status == 429:
                await self._budget.hold(1.0 if after is None else after)
            raise Transient(
                f"{self.host} is busy ({answer.status})", reached=answer.status == 503, after=after
            )
        if 300 <= answer.status < 400:
            to = urlsplit(answer.headers.get("location", "")).netloc[:100]
            raise Refused(
                f"{self.host} sends elsewhere ({answer.status}{', to ' + to if to else ''}), and credentials do not "
                "follow: write the appliance's own host into the catalogue",
                answer.status,
            )
        return answer
