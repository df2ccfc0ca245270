"""How this package's small servers run: plain HTTP/1.1 by uvicorn, which says nothing by itself."""

import socket
from typing import Any

import uvicorn

from agent.errors import InputError

TCP = (socket.SOCK_STREAM, socket.IPPROTO_TCP)
"""How a listening socket is made. Without its protocol asyncio does not know TCP, and every answer waits 40 ms."""
BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at an IP address of this machine. Raises `InputError` where there can be none."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, *TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise InputError(
            f"port {port} of {host} cannot be used ({error.strerror}): choose another one with --port, "
            "or --port 0 for any free one"
        ) from None
    return listener


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
