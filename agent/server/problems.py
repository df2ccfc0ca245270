"""Errors as problem+json (RFC 9457): what is wrong, where, and what would be right."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from agent.errors import DeletedError, HandoffError, OnceError, StoreError
from agent.language.locale import locale_for

log = logging.getLogger("agent.server")

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5


class Mistake(BaseModel):
    """One mistake in a request: where it is, and what would be right."""

    where: str = Field(examples=["body.text"])
    what: str = Field(examples=["Field required"])


class ProblemDetails(BaseModel):
    """What went wrong (RFC 9457). `type` is for programs, `detail` may be shown to a person."""

    type: str = Field(examples=["urn:live-agent-handoff:problem:not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(ge=400, le=599, examples=[404])
    detail: str = Field(examples=["There is no such conversation."])
    errors: tuple[Mistake, ...] = ()


class Problem(Exception):
    """Ends a request with a problem; `kind` is the last part of its type."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        errors: Sequence[Mistake] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.errors = errors
        self.headers = headers

    def response(self) -> Response:
        """As it is sent."""
        details = ProblemDetails(
            type=f"urn:live-agent-handoff:problem:{self.kind}",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=str(self),
            errors=tuple(self.errors),
        )
        return Response(details.model_dump_json(), self.status, self.headers, MEDIA_TYPE)


def not_found() -> Problem:
    """The same whether it never was, is another's, or was deleted."""
    return Problem(404, "not-found", "There is no such conversation.")


def not_kept(locale: str | None = None) -> Problem:
    """The store does not answer: what was said is not kept, and the person is told so in `locale`."""
    headers = {"retry-after": str(RETRY_SECONDS)}
    return Problem(503, "store-unavailable", locale_for(locale)("not_kept"), headers=headers)


def of_error(error: HandoffError, locale: str | None = None) -> Problem:
    """The problem that an error of the agent is; what its message says is for the operator alone."""
    match error:
        case DeletedError():
            return not_found()
        case OnceError():
            return Problem(
                422, "idempotency-key-reused", "This Idempotency-Key came before, with another request."
            )
        case StoreError():
            log.warning("a request could not be served: %s", error)
            return not_kept(locale)
    log.error("a request could not be served: %s", error)
    return Problem(500, "internal", "This request could not be served; the operator finds more in the log.")


_KINDS = {404: "not-found", 405: "method-not-allowed", 400: "bad-request", 413: "too-large"}


def add_handlers(app: FastAPI) -> None:
    """Have every error of `app` answered with a problem."""

    async def problem(_: Request, error: Any) -> Response:
        made: Problem = error
        return made.response()

    async def of_agent(_: Request, error: Any) -> Response:
        return of_error(error).response()

    async def http(_: Request, error: Any) -> Response:
        kind = _KINDS.get(error.status_code, "http")
        text = {404: "There is nothing at this address.", 400: "The body is no JSON that can be read."}
        detail = text.get(error.status_code, str(error.detail))
        return Problem(error.status_code, kind, detail, headers=error.headers).response()

    async def invalid(_: Request, error: Any) -> Response:
        return _invalid(error).response()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HandoffError, of_agent)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)


def _invalid(error: RequestValidationError) -> Problem:
    # What was sent is not repeated: it may be personal, and need not even be text.
    mistakes = [
        Mistake(where=".".join(map(str, found["loc"])).encode("ascii", "replace").decode(), what=found["msg"])
        for found in error.errors()
    ]
    if any(found["type"] == "json_invalid" for found in error.errors()):
        return Problem(400, "bad-request", "The body is no JSON that can be read.", errors=mistakes[:1])
    first = mistakes[0]
    return Problem(422, "invalid", f"{first.where}: {first.what}", errors=mistakes[:20])
