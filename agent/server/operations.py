"""For operators: alive, ready, and numbers."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.responses import Response

from agent.server.metrics import CONTENT_TYPE
from agent.server.problems import MEDIA_TYPE, Problem
from agent.server.service import Service, service_of
from agent.server.who import Who

router = APIRouter(tags=["operations"])
Served = Annotated[Service, Depends(service_of)]
_NO_KEY: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
    for status, description in ((401, "No key"), (403, "A person's token"))
}


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether requests can be served now, and what was wrong in the last hour.

    `recent` maps kinds (catalogue, store, targets, turn, server) to how many seconds ago operators were warned.
    """

    status: Literal["ready", "starting", "ending", "store"]
    recent: dict[str, int] = Field(default_factory=dict, examples=[{"turn": 12}])


@router.get("/healthz", summary="Alive?")
async def healthz() -> Health:
    """Whether the process is alive. Nothing is asked for that."""
    return Health()


@router.get(
    "/readyz",
    summary="Ready?",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "Not now"}},
)
async def readyz(service: Served) -> Response:
    """Whether the store answers, the search is made, and the server is not about to end."""
    status: Literal["ready", "starting", "ending", "store"] = "ready"
    if service.draining:
        status = "ending"
    elif service.warming:
        status = "starting"
    elif not await service.store_answers():
        status = "store"
    ready = Readiness(status=status, recent=service.troubles.recent())
    return Response(ready.model_dump_json(), 200 if status == "ready" else 503, media_type="application/json")


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **_NO_KEY},
)
async def metrics(service: Served, caller: Who) -> Response:
    """Numbers over all tenants, for Prometheus; with any key where keys are set, not with a person's token."""
    if caller.user:
        raise Problem(403, "forbidden", "The numbers are for operators: show a key.")
    return Response(service.metrics.text(), headers={"content-type": CONTENT_TYPE})
