"""What every request passes first: the names it may come by, and the headers that every answer has."""

import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.access import came_through_a_proxy, is_origin_of
from agent.server.problems import Problem
from agent.server.settings import LOOPBACK_HOSTS, ServerSettings

log = logging.getLogger("agent.server")

PROBES = ("/healthz", "/readyz")
"""Asked for by an address, whatever it is, and telling nothing."""
LINKS = "/go/"
"""Its form is sent without an origin, since its page gives no referrer."""
_SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Door:
    """Refuses what came by a wrong name, from a wrong page or, without a key, through a proxy.

    It also answers what nobody else has: an error that is nobody's fault but the program's.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._open = settings.open
        self._hosts = settings.hosts or (LOOPBACK_HOSTS if settings.open else ())
        self._origins = settings.cors_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def safely(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        problem = self._refusal(scope["path"], Headers(scope=scope))
        if problem:
            await problem.response()(scope, receive, safely)
            return
        try:
            await self._app(scope, receive, safely)
        except Exception:
            if begun:
                raise
            log.exception("a request ended with an error of this program")
            problem = Problem(
                500, "internal", "This request could not be served; the operator finds more in the log."
            )
            await problem.response()(scope, receive, safely)

    def _refusal(self, path: str, headers: Headers) -> Problem | None:
        if path in PROBES:
            return None
        if self._open and came_through_a_proxy(headers.keys()):
            return Problem(
                403,
                "proxy-without-key",
                "This request came through a proxy, and no key is set: set HANDOFF_API_KEYS to serve others.",
            )
        host = headers.get("host", "").lower()
        if self._hosts and _without_port(host) not in self._hosts:
            return Problem(
                421, "wrong-host", "This server goes by another name: add this one to HANDOFF_HOSTS."
            )
        origin = headers.get("origin", "").lower()
        if (
            origin
            and not is_origin_of(origin, host)
            and origin not in self._origins
            and not path.startswith(LINKS)
        ):
            return Problem(
                403, "wrong-origin", "Pages of this origin may not call: add it to HANDOFF_CORS_ORIGINS."
            )
        return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
