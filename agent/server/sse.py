"""A turn's typed events as server-sent events, with a sign of life while nothing happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse

from agent.records.events import Event
from agent.server.schemas import ConversationEvent

AnyEvent = Event | ConversationEvent
HEARTBEAT_SECONDS = 15.0
MEDIA_TYPE = "text/event-stream"
_ALIVE = b": still working\n\n"


class EventStream(StreamingResponse):
    """The events of `turn`; who goes away does not stop it. `held` is let go at the end."""

    media_type = MEDIA_TYPE

    def __init__(
        self, turn: AsyncIterator[AnyEvent], held: ExitStack, *, status: int, headers: dict[str, str]
    ) -> None:
        # Proxies are asked not to gather what is to be seen at once.
        super().__init__(_framed(turn, held), status, {"x-accel-buffering": "no", **headers})


async def _framed(turn: AsyncIterator[AnyEvent], held: ExitStack) -> AsyncIterator[bytes]:
    with held:
        events = aiter(turn)
        number = 0
        coming: asyncio.Future[AnyEvent] = asyncio.ensure_future(anext(events))
        try:
            while True:
                # Not wait_for: that would end the turn's events with the wait.
                if not (await asyncio.wait({coming}, timeout=HEARTBEAT_SECONDS))[0]:
                    yield _ALIVE
                    continue
                try:
                    event = coming.result()
                except StopAsyncIteration:
                    return
                number += 1
                yield format_sse_event(data_str=event.model_dump_json(), event=event.type, id=str(number))
                coming = asyncio.ensure_future(anext(events))
        finally:
            coming.cancel()
