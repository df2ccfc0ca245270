"""The page of a link: a GET, which any scanner sends, shows it; the person's press opens the chat."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Header
from starlette.responses import HTMLResponse, RedirectResponse, Response

from agent.language.locale import Locale, locale_for
from agent.markup import node, small_page, source_hash
from agent.records.conversation import Conversation
from agent.records.reply import Handoff
from agent.server.service import Service, service_of

router = APIRouter(include_in_schema=False)
Served = Annotated[Service, Depends(service_of)]
_STYLE = (
    ":root { color-scheme: light dark } body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh"
    " auto 0; padding: 0 1rem } button { font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: .5rem;"
    " background: #0b62c4; color: #fff; cursor: pointer }"
)


async def _found(service: Service, token: str) -> tuple[Conversation, Handoff] | None:
    """What `token` stands for, as long as it opens a chat."""
    behind = await service.links.behind(token)
    if behind is None:
        return None
    id_, proposal = behind
    chat = await service.agent.load(id_)
    made = next((h for h in chat.conversation.handoffs if h.proposal == proposal), None) if chat else None
    return (chat.conversation, made) if chat and made and service.agent.still_opens(made) else None


@router.get("/go/{token}")
async def show(service: Served, token: str, accept_language: Annotated[str, Header()] = "") -> Response:
    """The page: it leads nowhere by itself, and does not say where the chat is."""
    found = await _found(service, token)
    if found is None:
        return _page(locale_for(accept_language.split(",")[0]), None)
    conversation, made = found
    return _page(locale_for(conversation.user.locale or conversation.language), made)


@router.post("/go/{token}")
async def go(service: Served, token: str, accept_language: Annotated[str, Header()] = "") -> Response:
    """The person's press: the chat opens."""
    found = await _found(service, token)
    if found is None:
        return _page(locale_for(accept_language.split(",")[0]), None)
    return RedirectResponse(found[1].url, 303)


def _page(locale: Locale, made: Handoff | None) -> Response:
    heading = locale("go_ready" if made else "go_gone")
    press = node("form", node("button", locale("go_open"), type="submit"), method="post") if made else None
    text = small_page(heading, _STYLE, locale.language, press)
    # Browsers hold a form to its policy where it is redirected, too.
    to = f"'self' {_origin(made.url)}" if made else "'none'"
    policy = (
        f"default-src 'none'; style-src {source_hash(_STYLE)}; form-action {to}; base-uri 'none';"
        " frame-ancestors 'none'"
    )
    return HTMLResponse(text, 200 if made else 410, {"content-security-policy": policy})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
