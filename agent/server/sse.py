"""A turn's typed events as server-sent events, with a sign of life while nothing happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

HEARTBEAT_SECONDS = 15.0
MEDIA_TYPE = "text/event-stream"
_ALIVE = b": still working\n\n"


class EventStream(StreamingResponse):
    """The events of `turn`, each as its type and its JSON; who goes away does not stop it. `held` is let go at the end."""

    media_type = MEDIA_TYPE

    def __init__(
        self, turn: AsyncIterator[tuple[str, str]], held: ExitStack, *, status: int, headers: dict[str, str]
    ) -> None:
        # Proxies are asked not to gather what is to be seen at once.
        super().__init__(_framed(turn), status, {"x-accel-buffering": "no", **headers})
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        with self._held:
            await super().__call__(scope, receive, send)


async def _framed(turn: AsyncIterator[tuple[str, str]]) -> AsyncIterator[bytes]:
    events = aiter(turn)
    number = 0
    coming: asyncio.Future[tuple[str, str]] = asyncio.ensure_future(anext(events))
    try:
        while True:
            # Not wait_for: that would end the turn's events with the wait.
            if not (await asyncio.wait({coming}, timeout=HEARTBEAT_SECONDS))[0]:
                yield _ALIVE
                continue
            try:
                kind, data = coming.result()
            except StopAsyncIteration:
                return
            number += 1
            yield format_sse_event(data_str=data, event=kind, id=str(number))
            coming = asyncio.ensure_future(anext(events))
    finally:
        coming.cancel()
