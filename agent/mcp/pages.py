"""The page where a person says yes themselves, where their client has no form for it.

A GET, which any assistant or scanner sends, shows what would be sent and confirms nothing. The POST needs what the
page itself gave the browser, so that no other page can send it.
"""

import hmac
import json
from hashlib import sha256
from secrets import token_bytes, token_urlsafe
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from agent.agent import HandoffAgent
from agent.chat import Chat
from agent.errors import StoreError
from agent.language.locale import Locale, locale_for
from agent.markup import source_hash
from agent.mcp.page import STYLE, gone_page, proposal_page, ready_page
from agent.records.conversation import Conversation
from agent.records.reply import Handoff, Proposal
from agent.stores.base import Store, Terms

PATH = "/confirm/"
SECONDS = 3600.0
"""How long the address of a page is good for."""
_RECORD = "handoff:confirm:"
_COOKIE = "handoff-page"
_BODY = 1000


class Pages:
    """The pages of one server, at `base`. Their addresses, of 128 secret bits, are kept in `store`."""

    def __init__(self, agent: HandoffAgent, store: Store, base: str) -> None:
        self._agent, self._store, self._base = agent, store, base.rstrip("/")
        self._secret = token_bytes(32)
        self.routes = [Route(PATH + "{token}", self._serve, methods=["GET", "POST"])]

    async def address(self, id_: str, proposal: Proposal) -> str:
        """The page for the proposal of conversation `id_`. Raises `StoreError`."""
        # The same as long as this process runs, so that asking again and again leaves one record.
        token = hmac.digest(self._secret, f"{id_} {proposal.id}".encode(), sha256)[:16].hex()
        what = json.dumps([id_, proposal.id])
        await self._store.save(_RECORD + token, what, revision=1, expected=None, terms=Terms(keep=SECONDS))
        return f"{self._base}{PATH}{token}"

    async def _serve(self, request: Request) -> Response:
        try:
            chat, proposal_id = await self._found(request.path_params["token"])
            if chat and request.method == "POST":
                return await self._post(request, chat, proposal_id)
        except StoreError:
            return Response("The conversation cannot be read at the moment.", 503, _HEADERS)
        return self._show(request, chat, proposal_id)

    async def _found(self, token: str) -> tuple[Chat | None, str]:
        kept = await self._store.load(_RECORD + token)
        id_, proposal_id = json.loads(kept.document) if kept else ("", "")
        return (await self._agent.load(id_) if id_ else None), proposal_id

    async def _post(self, request: Request, chat: Chat, proposal_id: str) -> Response:
        given = request.cookies.get(_COOKIE, "")
        if not given or not hmac.compare_digest(given.encode(), (await _field(request)).encode()):
            return self._show(request, chat, proposal_id, note="yes_again", status=403)
        reply = await chat.press("start", proposal=proposal_id)
        if reply.handoff is None:
            return self._show(request, chat, proposal_id, said=reply.text, status=409)
        return RedirectResponse(request.url.path, 303, _HEADERS)

    def _show(
        self,
        request: Request,
        chat: Chat | None,
        proposal_id: str,
        *,
        note: str = "",
        said: str = "",
        status: int = 200,
    ) -> Response:
        if chat is None:
            language = request.headers.get("accept-language", "").split(",")[0]
            return _html(gone_page(locale_for(language)), 410)
        conversation = chat.conversation
        locale = locale_for(conversation.user.locale or conversation.language)
        made = _made(conversation, proposal_id)
        if made and self._agent.still_opens(made):
            return _html(ready_page(locale, _queue_of(conversation, made), made.url), status)
        proposal = conversation.proposal
        if proposal is None or proposal.id != proposal_id:
            return _html(gone_page(locale), 410)
        return self._form(request, proposal, locale, locale(note) if note else said, status)

    def _form(self, request: Request, proposal: Proposal, locale: Locale, note: str, status: int) -> Response:
        once = token_urlsafe(16)
        response = _html(proposal_page(locale, proposal, once, note), status)
        response.set_cookie(
            _COOKIE,
            once,
            path=request.url.path,
            httponly=True,
            samesite="strict",
            secure=self._base.startswith("https:"),
        )
        return response


async def _field(request: Request) -> str:
    """What the page's form has sent; empty where it is not that form."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > _BODY:
            return ""
    return parse_qs(data.decode("utf-8", "replace")).get("once", [""])[0]


def _made(conversation: Conversation, proposal_id: str) -> Handoff | None:
    return next((made for made in conversation.handoffs if made.proposal == proposal_id), None)


def _queue_of(conversation: Conversation, made: Handoff) -> str:
    shown = (m.reply.proposal for m in conversation.messages if m.role == "assistant" and m.reply.proposal)
    return next((proposal.queue for proposal in shown if proposal.id == made.proposal), made.queue_id)


_POLICY = (
    f"default-src 'none'; style-src {source_hash(STYLE)}; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def _html(text: str, status: int) -> HTMLResponse:
    return HTMLResponse(text, status, _HEADERS)
