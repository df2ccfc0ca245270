"""How the tools are served: over standard input and output, with a page server beside it, or over HTTP."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

import uvicorn
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from agent.access import ApiKey
from agent.agent import HandoffAgent
from agent.mcp.caller import Caller
from agent.mcp.desk import Desk
from agent.mcp.door import PATH, Door
from agent.mcp.pages import Pages
from agent.mcp.server import make_server
from agent.records.user import User
from agent.serving import listen, quiet_config
from agent.stores.base import Store

LOOPBACK = "127.0.0.1"
_BODY = 512 * 1024


async def serve_stdio(agent: HandoffAgent, store: Store, user: User, *, accept_relayed: bool) -> None:
    """Serve one client until it ends its side; pages are served on a port of this machine meanwhile."""
    async with agent:
        with listen(LOOPBACK, 0) as listener:
            pages = Pages(agent, store, f"http://{LOOPBACK}:{listener.getsockname()[1]}")
            server = make_server(Desk(agent, pages, accept_relayed=accept_relayed), Caller(user))
            async with _served(pages, listener), stdio_server() as (incoming, outgoing):
                await server.run(incoming, outgoing, server.create_initialization_options())


@asynccontextmanager
async def _served(pages: Pages, listener: socket.socket) -> AsyncIterator[None]:
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])
    running = _Beside(
        quiet_config(Starlette(routes=pages.routes, middleware=[hosts]), grace=1, lifespan="off")
    )
    task = asyncio.create_task(running.serve([listener]))
    try:
        yield
    finally:
        running.should_exit = True
        await task


class _Beside(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are for the program, not for a server beside it


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # Its own would end the process by the same signal, before the agent is closed.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def http_app(
    agent: HandoffAgent, store: Store, user: User, *, keys: Sequence[ApiKey], base: str, accept_relayed: bool
) -> ASGIApp:
    """The ASGI app: the tools at /mcp, and the pages, whose addresses begin with `base`.

    Without `keys` it is for this machine, and `user` is the person.
    """
    pages = Pages(agent, store, base)
    server = make_server(Desk(agent, pages, accept_relayed=accept_relayed), None)
    # Without a key the names it goes by are checked, so that no page gets here by a name of its own (DNS rebinding).
    names = TransportSecuritySettings(enable_dns_rebinding_protection=False) if keys else None
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=_BODY,
        transport_security=names,
        custom_starlette_routes=pages.routes,
    )
    return Door(app, keys, user)


async def run_http(app: ASGIApp, agent: HandoffAgent, listener: socket.socket, *, seconds: float) -> None:
    """Serve `app` until a signal; turns, of `seconds` at most, are finished then."""
    async with agent:
        await _Server(quiet_config(app, grace=int(2 * seconds) + 5, lifespan="on")).serve([listener])
