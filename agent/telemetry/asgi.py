"""A server span for every HTTP request, so that a turn stands in the trace of who asked for it.

It has the route, never the path itself: conversations' ids and tokens stand there.
"""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from agent.telemetry.api import in_use
from agent.telemetry.spans import span, traceparent

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

FASTAPI: Any = {"tracing": False, "logs": False}
"""For `FastAPI(telemetry=…)`, whose own spans have the path and the query, and its logs the words of errors.

Its metrics may stay: they have the route. Older versions, which have no telemetry, take it and do nothing."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class TracedRequests:
    """ASGI middleware: continues the trace of the request's `traceparent`. Put it in front of all others.

    Paths in `quiet` are not traced (probes, metrics), nor is what a host's own instrumentation traces already.
    """

    def __init__(self, app: App, *, quiet: Collection[str] = ()) -> None:
        self._app = app
        self._quiet = frozenset(quiet)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not in_use() or scope["path"] in self._quiet or traceparent():
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        about = {"http.request.method": method, "url.scheme": scope.get("scheme", "http")}
        with span(method, about, kind="SERVER", headers=headers) as traced:

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    traced.set({"http.response.status_code": message["status"]})
                    if message["status"] >= 500:
                        traced.fail(str(message["status"]))
                await send(message)

            try:
                await self._app(scope, receive, told)
            finally:
                route = getattr(scope.get("route"), "path", None)
                if route:
                    traced.rename(f"{method} {route}")
                    traced.set({"http.route": route})
