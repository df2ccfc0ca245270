"""A turn for a request: its reply as JSON, or its events, as the request asks; measured either way."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from typing import NamedTuple

from fastapi import Request
from starlette.responses import Response

from agent.chat import Chat
from agent.errors import StoreError
from agent.records.events import ErrorEvent, Event, TurnEnd
from agent.records.reply import Reply
from agent.server.schemas import ConversationEvent
from agent.server.service import Service
from agent.server.sse import MEDIA_TYPE, EventStream


class Turn(NamedTuple):
    """What a request wants done in `chat`: `said` is "message", "start", or the action of a button."""

    chat: Chat
    said: str
    reply: Callable[[], Awaitable[Reply]]
    events: Callable[[], AsyncIterator[Event]]


async def served(service: Service, request: Request, turn: Turn, status: int = 200) -> Response:
    """The answer to a request for `turn`. Raises what the turn raises, `Problem` 429."""
    headers = {"location": f"/v1/conversations/{turn.chat.id}"} if status == 201 else {}
    if MEDIA_TYPE in request.headers.get("accept", ""):
        user = turn.chat.conversation.user
        held = ExitStack()
        held.enter_context(service.streams.one_more(f"{user.tenant}/{user.id or turn.chat.id}"))
        held.enter_context(service.metrics.streams.track_inprogress())
        return EventStream(_told(service, turn, begins=status == 201), held, status=status, headers=headers)
    begun = time.monotonic()
    try:
        reply = await turn.reply()
    except StoreError:
        service.metrics.failed.inc()
        raise
    service.metrics.turn(turn.said, begun, turn.chat.conversation)
    text = await service.links.put_in(turn.chat.conversation, reply.model_dump_json())
    return Response(text, status, headers, "application/json")


async def _told(service: Service, turn: Turn, *, begins: bool) -> AsyncIterator[tuple[str, str]]:
    if begins:
        begun = ConversationEvent(id=turn.chat.id)
        yield begun.type, begun.model_dump_json()
    async for event in _events(service, turn):
        yield event.type, await service.links.put_in(turn.chat.conversation, event.model_dump_json())


async def _events(service: Service, turn: Turn) -> AsyncIterator[Event]:
    begun = time.monotonic()
    failed = False
    async for event in turn.events():
        if isinstance(event, ErrorEvent):
            failed = True
            service.metrics.failed.inc()
        if isinstance(event, TurnEnd) and not failed:
            service.metrics.turn(turn.said, begun, turn.chat.conversation)
        yield event
