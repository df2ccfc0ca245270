"""A small door over HTTP, as a process of its own: it prints its port, and ends at a signal."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from agent import Chat, HandoffAgent
from agent.data import example_path
from agent.serving import quiet_server
from agent.telemetry.asgi import TracedRequests
from agent.telemetry.export import exporting

chats: dict[str, Chat] = {}
agent = HandoffAgent.from_file(example_path())


async def start(request: Request) -> JSONResponse:
    chat = agent.start()
    chats[chat.id] = chat
    reply = await chat.send((await request.json())["text"])
    return JSONResponse({"id": chat.id, "phase": reply.phase})


async def press(request: Request) -> JSONResponse:
    reply = await chats[request.path_params["id"]].press("start")
    return JSONResponse({"url": reply.handoff.url if reply.handoff else None})


async def broken(request: Request) -> JSONResponse:
    raise RuntimeError(request.query_params["said"])


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    with exporting():
        yield
        await agent.close()


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/chats", start, methods=["POST"]),
        Route("/chats/{id}/press", press, methods=["POST"]),
        Route("/broken/{token}", broken),
        Route("/healthz", lambda _: PlainTextResponse("ok")),
    ],
)
app.add_middleware(TracedRequests, quiet=("/healthz",))

if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)  # noqa: T201
    quiet_server(app, grace=5, lifespan="on").run(sockets=[listener])
