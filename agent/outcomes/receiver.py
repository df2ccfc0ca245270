"""Takes outbound events over HTTP: a form POST to `/events`, answered with 200 once it is on the disk.

No signature is documented. As at the vendor's own receiver, who sends shows a token, as a parameter of the URL or of
the form, and comes from a known address.
"""

import asyncio
import hmac
import ipaddress
import logging
import time
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent.outcomes.event_file import EventFile
from agent.outcomes.events import Event
from agent.outcomes.teams import Teams

log = logging.getLogger("agent.outcomes")

PATH = "/events"
MAX_BODY = 64 * 2**10
"""Bytes of a form; an event has a handful of short fields."""
SECONDS = 10.0
"""That a request may take to arrive."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Refusal(NamedTuple):
    """A request that is not taken: its HTTP status, and why, for the operator."""

    status: int
    why: str


class Receiver:
    """`app` is what a server serves. `allow` are the networks that may send, all where it is empty."""

    def __init__(
        self,
        file: EventFile,
        token: str,
        teams: Callable[[], Teams],
        *,
        allow: Collection[Network] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app = Starlette(routes=[Route(PATH, self._take, methods=["POST"])])
        self._file, self._token, self._teams = file, token.encode(), teams
        self._allow, self._clock = allow, clock
        self._told: Refusal | None = None

    async def _take(self, request: Request) -> Response:
        refusal = self._stranger(request) or self._wrong(request.query_params.get("token"))
        form: Mapping[str, str] = {}
        if refusal is None:
            body = await _read(request)
            if isinstance(body, Refusal):
                refusal = body
            else:
                form = _form(body)
                if "token" not in request.query_params:
                    refusal = self._wrong(form.get("token", ""))
        if refusal is None:
            refusal = await self._store(form)
        if refusal != self._told and refusal is not None:  # once, not at every attempt
            log.warning("an event was refused (%d): %s", refusal.status, refusal.why)
        self._told = refusal
        return PlainTextResponse(
            "stored\n" if refusal is None else "refused\n", refusal.status if refusal else 200
        )

    async def _store(self, form: Mapping[str, str]) -> Refusal | None:
        event = Event.of(form, self._teams(), self._clock())
        try:
            await run_in_threadpool(self._file.add, event)
        except OSError as error:
            return Refusal(503, f"it cannot be written ({error.strerror}); the appliance sends it again")
        return None

    def _stranger(self, request: Request) -> Refusal | None:
        host = request.client.host if request.client else ""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            known = False
        else:
            address = getattr(address, "ipv4_mapped", None) or address
            known = any(address in network for network in self._allow)
        return None if known or not self._allow else Refusal(403, f"{host} is in no network of --allow")

    def _wrong(self, token: str | None) -> Refusal | None:
        if token is None or hmac.compare_digest(token.encode("utf-8", "replace"), self._token):
            return None
        return Refusal(403, "the token is missing or wrong")


async def _read(request: Request) -> bytes | Refusal:
    body = b""
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    return Refusal(413, f"it has more than {MAX_BODY // 2**10} KiB")
    except (TimeoutError, ClientDisconnect):
        return Refusal(408, "it did not arrive as a whole")
    return body


def _form(body: bytes) -> dict[str, str]:
    """The fields of a form, the first of each name; nothing where it is none."""
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500)
    except ValueError:
        return {}
    return dict(reversed(pairs))
