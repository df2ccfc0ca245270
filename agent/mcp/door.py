"""What an HTTP request to the tools passes first: its key, and who it says the person is."""

from collections.abc import Sequence

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from agent.access import ApiKey, came_through_a_proxy, find_key, is_origin_of, text_of
from agent.mcp.caller import Caller
from agent.mcp.server import CALLER
from agent.records.user import User

PATH = "/mcp"
_PERSON = {"id": "handoff-user", "name": "handoff-name", "email": "handoff-email", "locale": "handoff-locale"}
_CHARS = 320


class Door:
    """Lets requests to the tools in: without keys those of this machine, for `person`; else those with a key.

    With a key its tenant's host says in headers who the person is; `person` gives everybody's attributes then.
    """

    def __init__(self, app: ASGIApp, keys: Sequence[ApiKey], person: User) -> None:
        self._app, self._keys, self._person = app, keys, person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != PATH:
            await self._app(scope, receive, send)
            return
        found = self._caller(Headers(scope=scope))
        if isinstance(found, Response):
            await found(scope, receive, send)
            return
        state = {**scope.get("state", {}), CALLER: found}
        await self._app({**scope, "state": state, "user": _principal(found)}, receive, send)

    def _caller(self, headers: Headers) -> Caller | Response:
        if not self._keys:
            if came_through_a_proxy(headers.keys()):
                return _refused(
                    403, "This request came through a proxy: set HANDOFF_API_KEYS to serve others."
                )
            return Caller(self._person)
        origin = headers.get("origin")
        if origin and not is_origin_of(origin, headers.get("host", "")):
            return _refused(403, "Pages of another origin may not call.")
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        key = find_key(self._keys, secret.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            return _refused(
                401, "Authorization: Bearer with a key of HANDOFF_API_KEYS is missing, or it is not known."
            )
        try:
            said = {field: text_of(headers.get(name, "")) or None for field, name in _PERSON.items()}
        except ValueError:
            return _refused(400, "A Handoff- header is no text in UTF-8.")
        if any(len(text) > _CHARS for text in said.values() if text):
            return _refused(400, f"A Handoff- header has more than {_CHARS} characters.")
        user = User(**said, tenant=key.tenant, attributes=self._person.attributes)
        return Caller(user, via=f"mcp:{key.tenant}")


def _principal(caller: Caller) -> AuthenticatedUser:
    """Whose a session is: the transport lets nobody else use it."""
    user = caller.user
    subject = user.id or user.email or user.name
    return AuthenticatedUser(AccessToken(token="", client_id=caller.via, scopes=[], subject=subject))


def _refused(status: int, text: str) -> Response:
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"error": text}, status, headers)
