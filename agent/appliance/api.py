"""What every request to an API goes through: token, rate limit, rights, faults, and errors in the API's form."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import Response

from agent.appliance.faults import Cut, Endpoint, Fault, Faults, Kind, broken
from agent.appliance.limits import RateLimits
from agent.appliance.oauth import Accounts
from agent.appliance.site import Account
from agent.appliance.wire import CommandError, refusal

log = logging.getLogger("agent.appliance")

FORM = "application/x-www-form-urlencoded"
MAX_BODY = 2**20
_TOO_MANY = "Too many requests."


@dataclass(frozen=True)
class Call:
    """A request, read whole, and whose it is. `no_rights`: a fault that the answer has to show."""

    request: Request
    body: bytes
    account: Account
    no_rights: bool = False

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Query and form together. Raises `CommandError` where the body is no form."""
        pairs = parse_qsl(self.request.url.query, keep_blank_values=True)
        if self.request.method == "POST":
            if media_type(self.request) != FORM:
                raise CommandError(f"The request must be of type {FORM}.")
            pairs += parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return dict(pairs)

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises `CommandError`."""
        try:
            data = json.loads(self.body)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise CommandError("The body must be a JSON object.")
        return data

    def may_command(self, *, changes: bool = False) -> bool:
        """Whether the account has the right to a command; to one that `changes` something, it needs full access."""
        right = self.account.command
        return not self.no_rights and right != "deny" and (right == "full" or not changes)

    @property
    def origin(self) -> str:
        """Where the stand-in was reached: scheme, host and port."""
        return f"{self.request.url.scheme}://{self.request.url.netloc}"


Answer = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Errors:
    """How an API writes errors: `write` makes one of a text and an HTTP status, `status` is the usual one."""

    write: Callable[[str, int], Response]
    status: int


_TOKEN_ERRORS = Errors(lambda text, status: refusal("server_error", text, status), 500)


class Gate:
    """Stands before the endpoints. `limited` is the HTTP status of a refusal for too many requests."""

    def __init__(self, accounts: Accounts, limits: RateLimits, faults: Faults, limited: int) -> None:
        self._accounts, self._limits, self._faults, self._limited = accounts, limits, faults, limited

    async def token(self, request: Request) -> Response:
        """`POST /oauth2/token`."""
        faults = self._faults.take("token")
        body = await read(request)
        form = dict(parse_qsl(body.decode("utf-8", "replace"))) if media_type(request) == FORM else {}
        authorization = request.headers.get("authorization", "")
        response = self._instead(faults, _TOKEN_ERRORS) or self._accounts.token(authorization, form)
        return await _on_its_way(request, response, faults)

    def api(
        self, endpoint: Endpoint, answer: Answer, errors: Errors
    ) -> Callable[[Request], Awaitable[Response]]:
        """Lets `answer` see what may pass; a `CommandError` of it is written as `errors` says."""

        async def handle(request: Request) -> Response:
            faults = self._faults.take(endpoint)
            body = await read(request)
            account = self._accounts.of_token(request.headers.get("authorization", ""))
            if account is None or "bad-token" in faults:
                response = refusal("access_denied", "The access token is not valid.", 401)
                return await _on_its_way(request, response, faults)
            budget = self._limits.take(account.client_id)
            if not budget.allowed:
                response = errors.write(_TOO_MANY, self._limited)
            elif early := self._instead(faults, errors):
                response = early
            else:
                try:
                    response = answer(Call(request, body, account, "no-rights" in faults))
                except CommandError as failure:
                    response = errors.write(str(failure), errors.status)
            response.headers.update(budget.headers)
            return await _on_its_way(request, response, faults)

        return handle

    def _instead(self, faults: Mapping[Kind, Fault], errors: Errors) -> Response | None:
        """What is answered without carrying the request out."""
        if fault := faults.get("rate-limit"):
            return errors.write(_TOO_MANY, int(fault.value or self._limited))
        if fault := faults.get("error"):
            return errors.write("This error was asked for.", int(fault.value or errors.status))
        return None


async def read(request: Request) -> bytes:
    """The body, cut where it is too long to be meant."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            break
    return body[:MAX_BODY]


def media_type(request: Request) -> str:
    """The type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _on_its_way(request: Request, response: Response, faults: Mapping[Kind, Fault]) -> Response:
    """What happens to an answer after the request was carried out."""
    shown = f" (fault: {', '.join(faults)})" if faults else ""
    log.info("%s %s %d%s", request.method, quote(request.url.path), response.status_code, shown)
    if fault := faults.get("slow"):
        await asyncio.sleep(fault.value or 0)
    if "broken" in faults:
        response = broken(response)
    return Cut(response) if "cut" in faults else response
