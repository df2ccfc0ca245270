"""The routes of the chat page: `/`, `/widget` in other sites' frames, `/widget.js`, and the files they are made of."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, Response

from agent.language.locale import Locale, locales
from agent.server.problems import Problem
from agent.server.service import Service, service_of
from agent.turn.limits import Limits

router = APIRouter(include_in_schema=False)
Served = Annotated[Service, Depends(service_of)]

_NAME = re.compile(r"[a-z]+\.(js|css|svg)")
_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
# Trusted types: the browser itself refuses any script of ours that would write markup.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)
# Beside the page's own: what it shows before there is a conversation, and what a proposal's card says in its own way.
_KEYS = ("ask_hello", "skip", "go_open", "queue_open", "reason", "sends", "tell_agent", "too_long")
_WIDGET_KEYS = ("page_talk", "page_close", "page_instead")


@router.get("/")
async def page() -> Response:
    """The page, which nobody may frame."""
    return _page("'none'")


@router.get("/widget")
async def widget(service: Served) -> Response:
    """The page in a frame of the sites that HANDOFF_EMBED_ORIGINS names."""
    return _page(" ".join(service.settings.embed_origins) or "'none'")


@router.get("/widget.js")
async def widget_script() -> Response:
    """The script that other sites load, with its few texts in it."""
    texts = {language: _texts(locale, _WIDGET_KEYS) for language, locale in locales().items()}
    script = _file("widget.js").replace("{/* texts */}", json.dumps(texts), 1)
    return Response(script, media_type="text/javascript", headers=_ANY_SITE)


@router.get("/page/setting.json")
async def setting(service: Served) -> Response:
    """What the page's scripts take from here: texts, how long a message may be, and whose links may bring a token."""
    told = {
        "sites": service.settings.embed_origins,
        "message_chars": Limits().message_chars,
        "texts": {
            language: {**_texts(locale, _keys(locale)), "notice": service.agent.notice(language)}
            for language, locale in locales().items()
        },
    }
    return Response(json.dumps(told, ensure_ascii=False), media_type="application/json")


@router.get("/page/{name}")
async def file(name: str) -> Response:
    """A file of the page. Raises `Problem` 404."""
    kind = _NAME.fullmatch(name)
    if not kind or not (files(__package__) / name).is_file():
        raise Problem(404, "not-found", "There is nothing at this address.")
    return Response(_file(name), media_type=_TYPES[kind[1]])


# The script may be loaded by any site; the frame that it opens may not.
_ANY_SITE = {"cross-origin-resource-policy": "cross-origin"}


def _page(framed_by: str) -> Response:
    headers = {"content-security-policy": _POLICY + framed_by}
    if framed_by == "'none'":  # whoever opened its window may not change its address
        headers["cross-origin-opener-policy"] = "same-origin"
    return HTMLResponse(_file("page.html"), headers=headers)


def _keys(locale: Locale) -> tuple[str, ...]:
    return (*_KEYS, *(key for key in locale.texts if key.startswith("page_")))


def _texts(locale: Locale, keys: tuple[str, ...]) -> dict[str, str]:
    return {key: locale.texts[key] for key in keys}


@cache
def _file(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")
