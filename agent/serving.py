"""How this package's small servers run: plain HTTP/1.1 by uvicorn, which says nothing by itself."""

import socket
from typing import Any

import uvicorn

TCP = (socket.SOCK_STREAM, socket.IPPROTO_TCP)
"""How a listening socket is made. Without its protocol asyncio does not know TCP, and every answer waits 40 ms."""


def quiet_config(app: Any, *, grace: int, **more: Any) -> uvicorn.Config:
    """How the ASGI app `app` is served; it ends at most `grace` seconds after it is told to. `more` goes to uvicorn."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=grace,
        **more,
    )


def quiet_server(app: Any, *, grace: int, **more: Any) -> uvicorn.Server:
    """A server of the ASGI app `app`, to be run with a socket; see `quiet_config`."""
    return uvicorn.Server(quiet_config(app, grace=grace, **more))
