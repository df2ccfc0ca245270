"""The ASGI app of `handoff serve`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from agent.agent import HandoffAgent
from agent.server import conversations, go, operations
from agent.server.door import LINKS, PROBES, Door
from agent.server.limits import Bodies
from agent.server.page import routes as page
from agent.server.problems import ProblemDetails, add_handlers
from agent.server.service import Service
from agent.server.settings import ServerSettings
from agent.stores.base import Store
from agent.telemetry.asgi import FASTAPI, TracedRequests
from agent.telemetry.export import exporting

_ABOUT = """From "I'd like to speak to a live agent" to the right support queue, over HTTP.

Start a conversation, say what the person says, press the buttons of the reply. `handoff.url` is there after they
pressed *Start agent chat*. With `Accept: text/event-stream` a turn is told as it happens.
"""
_CALLED_WITH = ["Accept", "Authorization", "Content-Type", "Idempotency-Key"]


def create_app(agent: HandoffAgent, store: Store, settings: ServerSettings) -> FastAPI:
    """The app over `agent`, whose conversations are in `store`. Raises `SettingsError`.

    At its end it waits for the turns that are running, then closes the agent and the store.
    """
    service = Service(agent, store, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # A server that ends by a signal comes to no later place than this one.
        with service.troubles.listening(), exporting():
            service.warm_up()
            yield
            await agent.close()

    app = _Described(
        title="Live agent handoff",
        version=version("live-agent-handoff"),
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,  # its page would come from other people's servers
        redoc_url=None,
        separate_input_output_schemas=False,
        telemetry=FASTAPI,
    )
    app.state.service = service
    add_handlers(app)
    for routes in (conversations, operations, page):
        app.include_router(routes.router)
    if settings.links:
        app.include_router(go.router)
    # The last one added is the first that a request comes to.
    app.add_middleware(Bodies, check=service.callers.check, free=LINKS)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=_CALLED_WITH,
            expose_headers=["Location", "Retry-After"],
            max_age=3600,
        )
    app.add_middleware(Door, settings=settings)
    app.add_middleware(TracedRequests, quiet=(*PROBES, "/metrics"))
    return app


class _Described(FastAPI):
    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            described = super().openapi()
            if self.state.service.settings.open:  # nobody has to show who they are
                for operation in (one for path in described["paths"].values() for one in path.values()):
                    operation.pop("security", None)
            problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
            described["components"]["schemas"] |= {**problem.pop("$defs"), "ProblemDetails": problem}
        return super().openapi()
