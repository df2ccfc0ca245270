"""The page where a person says yes themselves, where their client has no form for it.

A GET, which any assistant or scanner sends, shows what would be sent and confirms nothing. The POST needs what the
page itself gave the browser, so that no other page can send it.
"""

import hmac
import json
from hashlib import sha256
from secrets import token_bytes, token_urlsafe
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from agent.agent import HandoffAgent
from agent.chat import Chat
from agent.errors import StoreError
from agent.language.locale import locale_for
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
        self._cookie = f"__Secure-{_COOKIE}" if base.startswith("https:") else _COOKIE
        self._secret = token_bytes(32)
        self.routes = [Route(PATH + "{token}", self._serve, methods=["GET", "POST"])]

    async def address(self, id_: str, proposal: Proposal) -> str:
        """The page for the proposal of conversation `id_`. Raises `StoreError`."""
        # The same as long as this process runs, so that asking again and again leaves one record.
        token = hmac.digest(self._secret, f"{id_} {proposal.id}".encode(), sha256)[:16].hex()
        what = json.dumps([id_, proposal.id, token_urlsafe(16)])
        await self._store.save(_RECORD + token, what, revision=1, expected=None, terms=Terms(keep=SECONDS))
        return f"{self._base}{PATH}{token}"

    async def _serve(self, request: Request) -> Response:
        try:
            found = await self._found(request.path_params["token"])
            if found.chat and request.method == "POST":
                return await self._post(request, found.chat, found)
        except StoreError:
            return Response("The conversation cannot be read at the moment.", 503, _HEADERS)
        return self._show(request, found)

    async def _found(self, token: str) -> "_Found":
        kept = await self._store.load(_RECORD + token)
        id_, proposal_id, key = json.loads(kept.document) if kept else ("", "", "")
        return _Found(await self._agent.load(id_) if id_ else None, proposal_id, key)

    async def _post(self, request: Request, chat: Chat, found: "_Found") -> Response:
        given = request.cookies.get(self._cookie, "")
        own = _from_the_page(request) and _is_signed(given, found.key)
        if not own or not hmac.compare_digest(given.encode(), (await _field(request)).encode()):
            return self._show(request, found, note="yes_again", status=403)
        reply = await chat.press("start", proposal=found.proposal_id)
        if reply.handoff is None:
            return self._show(request, found, said=reply.text, status=409)
        return RedirectResponse(request.url.path, 303, _HEADERS)

    def _show(
        self,
        request: Request,
        found: "_Found",
        *,
        note: str = "",
        said: str = "",
        status: int = 200,
    ) -> Response:
        chat, proposal_id = found.chat, found.proposal_id
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
        once = _signed(token_urlsafe(16), found.key)
        note = locale(note) if note else said
        return self._form(request, proposal_page(locale, proposal, once, note), once, status)

    def _form(self, request: Request, page: str, once: str, status: int) -> Response:
        response = _html(page, status)
        response.set_cookie(
            self._cookie,
            once,
            path=request.url.path,
            httponly=True,
            samesite="strict",
            secure=self._base.startswith("https:"),
        )
        return response


class _Found(NamedTuple):
    """What an address stands for; `key` signs what its page gives the browser."""

    chat: Chat | None
    proposal_id: str
    key: str


def _signed(nonce: str, key: str) -> str:
    return f"{nonce}.{hmac.new(key.encode(), nonce.encode(), sha256).hexdigest()[:32]}"


def _is_signed(given: str, key: str) -> bool:
    """Whether the page itself gave that out: cookies can be set by neighbours."""
    return hmac.compare_digest(given.encode(), _signed(given.partition(".")[0], key).encode())


def _from_the_page(request: Request) -> bool:
    """Browsers say where a form stood; its own origin they do not say, as the page gives no referrer."""
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


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
