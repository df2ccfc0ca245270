"""Bounds of requests: the size of a body and its time to arrive, and streams that are open at once.

A budget for what a person or a tenant may ask for belongs here, beside `Streams`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.server.problems import Problem

BODY_BYTES = 2**20
BODY_SECONDS = 30.0
STREAMS = 8
"""Event streams that one person may have open at once."""


class Bodies:
    """Takes a body whole before anything is done with it, or refuses it: too large, or too slow.

    Of somebody whom `check` refuses none is taken; paths that begin with `free` are anybody's.
    """

    def __init__(self, app: ASGIApp, check: Callable[[Headers], None], free: str) -> None:
        self._app, self._check, self._free = app, check, free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS", "DELETE"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            if not scope["path"].startswith(self._free):
                self._check(headers)
            async with asyncio.timeout(BODY_SECONDS):
                body = await _whole(receive, headers)
        except TimeoutError:
            await Problem(408, "too-slow", "The body did not arrive in time.").response()(
                scope, receive, send
            )
            return
        except Problem as problem:
            # What is still on its way of the body is not waited for.
            problem.headers = {**(problem.headers or {}), "connection": "close"}
            await problem.response()(scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


async def _whole(receive: Receive, headers: Headers) -> bytes:
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > BODY_BYTES:
        raise _too_large()
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_BYTES:
            raise _too_large()
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(parts)


def _too_large() -> Problem:
    return Problem(413, "too-large", f"The body is too large: {BODY_BYTES} bytes at most.")


class Streams:
    """Counts the open event streams of each person."""

    def __init__(self, most: int = STREAMS) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_more(self, whose: str) -> Iterator[None]:
        """While this holds, `whose` has one more. Raises `Problem` 429."""
        if self._open[whose] >= self._most:
            raise Problem(
                429,
                "too-many-streams",
                f"{self._most} event streams are open already: end one, or ask for JSON.",
                headers={"retry-after": "1"},
            )
        self._open[whose] += 1
        try:
            yield
        finally:
            self._open[whose] -= 1
            if not self._open[whose]:
                del self._open[whose]
