"""The routes under /v1/conversations."""

# ruff: noqa: FAST003 — the id in the path is taken by `Theirs`

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from agent.chat import Chat
from agent.language.clean import clean
from agent.records.conversation import Once
from agent.records.events import Event, events_of
from agent.records.reply import Reply
from agent.server import examples
from agent.server.idempotency import Key, begun_by, once
from agent.server.problems import Problem
from agent.server.schemas import ConversationView, Message, Press, Start
from agent.server.service import Service, service_of
from agent.server.turns import Turn, served
from agent.server.who import Caller, Who


async def _as_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "not-json", "The body is JSON: send it with Content-Type: application/json.")


router = APIRouter(prefix="/v1/conversations", tags=["conversations"], responses=examples.PROBLEMS)
Served = Annotated[Service, Depends(service_of)]


async def _chat(
    service: Served,
    caller: Who,
    conversation_id: Annotated[
        str, Path(description="32 hexadecimal digits, as the reply has them.", examples=[examples.ID])
    ],
) -> Chat:
    return await service.chat(conversation_id, caller)


Theirs = Annotated[Chat, Depends(_chat)]
_LONG = 1_000
"""Characters from which a first message may be refused as too long, whatever the agent's limit is."""
_POSTED: dict[str, Any] = {"dependencies": [Depends(_as_json)]}


@router.post("", status_code=201, summary="Start", responses=examples.started(), **_POSTED)
async def start(request: Request, service: Served, caller: Who, body: Start, key: Key = None) -> Response:
    """Start a conversation, and say its first words if there are any.

    Without `text` the reply greets. As events the first one is `conversation`, with the id.
    """
    chat, call = await _begun(service, caller, body, key)
    text = body.text
    if text is not None and (not clean(text) or len(text) > _LONG):
        await (
            chat.greet()
        )  # a message may be refused, and changes nothing then; the conversation begins all the same
    turn = _greeting(chat, await chat.greet()) if text is None else _message(chat, text, call)
    return await served(service, request, turn, 201)


def _greeting(chat: Chat, reply: Reply) -> Turn:
    async def given() -> Reply:
        return reply

    async def events() -> AsyncIterator[Event]:
        for event in events_of(reply):
            yield event

    return Turn(chat, "greeting", given, events)


def _message(chat: Chat, text: str, call: Once | None) -> Turn:
    return Turn(chat, "message", lambda: chat.send(text, once=call), lambda: chat.stream(text, once=call))


async def _begun(service: Service, caller: Caller, body: Start, key: str | None) -> tuple[Chat, Once | None]:
    user = caller.person(body.user.user() if body.user else None)
    call = once(key, body, caller.tenant, user.id)
    if call is None:
        return service.agent.start(user, via=caller.key), None
    id_ = await begun_by(service.store, call, await service.agent.pseudonyms(user))
    return await service.agent.load(id_) or service.agent.start(user, via=caller.key, id_=id_), call


@router.post("/{conversation_id}/messages", summary="Say something", responses=examples.replied(), **_POSTED)
async def message(
    request: Request,
    service: Served,
    chat: Theirs,
    body: Message,
    key: Key = None,
) -> Response:
    """Say something.

    A message is kept before anything is done with it. One that comes while another is being answered joins it: both
    get the same reply.
    """
    return await served(service, request, _message(chat, body.text, once(key, body)))


@router.post("/{conversation_id}/actions", summary="Press a button", responses=examples.pressed(), **_POSTED)
async def action(
    request: Request,
    service: Served,
    chat: Theirs,
    body: Press,
    key: Key = None,
) -> Response:
    """Press a button of the last reply. *Start agent chat* (`start`) answers with the handoff.

    Any action in any phase gets a reply that fits; pressing again gives the same handoff. A button whose action is
    `link` is opened, not pressed.
    """
    text = body.text or "" if body.action == "message" else body.text
    call = once(key, body)
    turn = Turn(
        chat,
        body.action,
        lambda: chat.press(body.action, text=text, queue_id=body.queue_id, proposal=body.proposal, once=call),
        lambda: chat.stream_press(
            body.action, text=text, queue_id=body.queue_id, proposal=body.proposal, once=call
        ),
    )
    return await served(service, request, turn)


@router.get("/{conversation_id}", summary="Read", response_model=ConversationView)
async def read(service: Served, chat: Theirs) -> Response:
    """The phase, the last reply, and everything that was said and answered."""
    view = ConversationView.of(chat.conversation)
    text = await service.links.put_in(chat.conversation, view.model_dump_json())
    return Response(text, media_type="application/json")


@router.delete("/{conversation_id}", summary="Delete", status_code=204, response_class=Response)
async def delete(chat: Theirs) -> Response:
    """Forget the conversation. A handoff that was made stays made; of its history ids and times alone are kept."""
    await chat.delete()
    return Response(status_code=204)
