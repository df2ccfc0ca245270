"""Outbound events: a form POST for each, in order, and none after one that was not answered with 200."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import httpx2

from agent.appliance.sessions import Session

log = logging.getLogger("agent.appliance")

VERSION = "1.0"
TIMEOUT = 10.0  # seconds for an answer


class OutboundEvents:
    """Sends events to `url`, in the background.

    What was not answered with 200 is sent again every `retry` seconds, and everything later waits for it. `waiting`
    counts what is not delivered yet, `trouble` says what keeps it.
    """

    def __init__(self, url: str | None, clock: Callable[[], float], retry: float = 5.0) -> None:
        self.url, self.retry = url, retry
        self.delivered, self.waiting, self.trouble = 0, 0, ""
        self._clock = clock
        self._queue: asyncio.Queue[dict[str, str]] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def state(self) -> str:
        """In one line, for people."""
        if self.url is None:
            return "off: start with --events URL"
        return f"{self.delivered} delivered, {self.waiting} waiting" + (
            f"; {self.trouble}" if self.trouble else ""
        )

    def tell(self, event: str, session: Session, member: tuple[str, str] | None = None) -> None:
        """Send `event` about `session`, and about the `member` who came or went; from any thread."""
        if self._loop is None or self._queue is None:
            return
        self.waiting += 1
        self._loop.call_soon_threadsafe(self._queue.put_nowait, self._fields(event, session, member))

    @contextlib.asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """While this holds, events are sent."""
        if self.url is None:
            yield
            return
        self._loop, self._queue = asyncio.get_running_loop(), asyncio.Queue()
        sender = asyncio.create_task(self._send_all(self.url, self._queue))
        try:
            yield
        finally:
            self._loop = self._queue = None
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender

    def _fields(self, event: str, session: Session, member: tuple[str, str] | None) -> dict[str, str]:
        """The documented fields, and `type` and `name` of a member, which receivers of others read.

        There are more of them at a real appliance.
        """
        fields = {
            "event": event,
            "version": VERSION,
            "timestamp": str(int(self._clock())),
            "lsid": session.lsid,
            "external_key": session.external_key,
            "conference_id": str(session.number),
            "conference_name": session.owner.display_name if session.owner else session.place.name,
        }
        return fields | ({"type": member[0], "name": member[1]} if member else {})

    async def _send_all(self, url: str, queue: asyncio.Queue[dict[str, str]]) -> None:
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            fields = await queue.get()
            while True:
                if not await self._sent(client, url, fields):
                    await asyncio.sleep(self.retry)
                    continue
                self.delivered += 1
                self.waiting -= 1
                self.trouble = ""
                fields = await queue.get()

    async def _sent(self, client: httpx2.AsyncClient, url: str, fields: dict[str, str]) -> bool:
        try:
            status = (await client.post(url, data=fields)).status_code
        except httpx2.HTTPError as error:
            trouble = f"is unreachable ({type(error).__name__})"
        else:
            if status == 200:
                return True
            trouble = f"answered with {status}, not with 200"
        if trouble != self.trouble:  # once, not at every attempt
            log.warning(
                "the receiver of outbound events %s: no later event is sent until it takes this one", trouble
            )
        self.trouble = trouble
        return False
