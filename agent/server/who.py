"""Who calls: a tenant's host with its key, a person with a token, or, without any key, this machine."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import WithJsonSchema
from starlette.datastructures import Headers

from agent.access import find_key, text_of
from agent.records.conversation import Conversation
from agent.records.user import User
from agent.server.problems import Problem
from agent.server.settings import ServerSettings
from agent.server.tokens import TokenError, Tokens

_BEARER = HTTPBearer(
    auto_error=False,
    description="A key of HANDOFF_API_KEYS, which names its tenant, or a token that the host has signed for one person.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose conversations a request may touch: those of `tenant`, and of them `subject`'s alone, if there is one.

    `user` is the person as a token names them. `trusted`: what the body says of a person is taken as it is. `key` tells
    a tenant's keys apart, for budgets.
    """

    tenant: str | None = None
    subject: str | None = None
    user: User | None = None
    trusted: bool = False
    key: str | None = None

    def owns(self, conversation: Conversation) -> bool:
        """Whether it is this caller's."""
        user = conversation.user
        return user.tenant == self.tenant and self.subject in (None, user.id)

    def person(self, said: User | None) -> User:
        """Who the conversation is with: from the token alone, else as the body has `said`.

        Attributes count only from a token or a tenant's host. Raises `Problem` where the two subjects differ.
        """
        if self.user:
            return self.user
        user = said or User()
        if self.subject is not None and user.id not in (None, self.subject):
            raise Problem(
                403, "another-person", "The header Handoff-User names another person than body.user.id."
            )
        attributes = user.attributes if self.trusted else {}
        known = {"tenant": self.tenant, "id": user.id or self.subject, "attributes": attributes}
        return user.model_copy(update=known)


class Callers:
    """Tells who calls, as `settings` say. Raises `SettingsError` where tokens cannot be checked."""

    def __init__(self, settings: ServerSettings) -> None:
        self._open = settings.open
        self._keys = settings.api_keys
        self._tokens = Tokens(settings) if settings.token_key else None

    def check(self, headers: Headers) -> None:
        """Raise `Problem` 401 where nobody known calls; it costs no more than looking at the headers."""
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        self.identify(secret.strip() if scheme.lower() == "bearer" else None, None)

    def identify(self, secret: str | None, subject: str | None) -> Caller:
        """Whom `secret` belongs to; raises `Problem` 401."""
        if self._open:
            return Caller(subject=subject)
        if not secret:
            raise _unknown("Authorization: Bearer with a key, or with a token of the host, is missing.")
        key = find_key(self._keys, secret)
        if key is not None:
            return Caller(tenant=key.tenant, subject=subject, trusted=True, key=key.name)
        if self._tokens is None:
            raise _unknown("This key is not known.", "invalid_token")
        try:
            user = self._tokens.read(secret)
        except TokenError as error:
            raise _unknown(f"This key is not known; as a token: {error}.", "invalid_token") from None
        user = user.model_copy(update={"tenant": self._tenant_in(user)})
        return Caller(tenant=user.tenant, subject=user.id, user=user)

    def _tenant_in(self, user: User) -> str | None:
        tenants = {key.tenant for key in self._keys}
        if user.tenant is None and len(tenants) == 1:
            return next(iter(tenants))
        if tenants and user.tenant not in tenants:
            raise _unknown("The token's claim tenant names none of the tenants here.", "invalid_token")
        return user.tenant


def _unknown(detail: str, error: str | None = None) -> Problem:
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(401, "unauthorized", detail, headers={"www-authenticate": challenge})


# Any text in UTF-8 is taken; what is described is what every client can send.
_Subject = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "pattern": "^[!-~]{1,200}$"})]


async def _caller(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    handoff_user: Annotated[
        _Subject | None,
        Header(
            max_length=200,
            description="For a tenant's host: the id of the person on whose behalf it calls. A conversation of "
            "anybody else is not found then.",
        ),
    ] = None,
) -> Caller:
    callers: Callers = request.app.state.service.callers
    return callers.identify(bearer.credentials if bearer else None, _subject(request, handoff_user))


def _subject(request: Request, header: str | None) -> str | None:
    """Whom a host calls for. What is there and says nothing is a mistake of the host's: it may not mean everybody."""
    if header is None:
        return None
    try:
        subject = text_of(header)
    except ValueError:
        subject = ""
    if not subject or len(request.headers.getlist("handoff-user")) > 1:
        raise Problem(
            422,
            "invalid",
            "Handoff-User is one id, in UTF-8: leave the header out where nobody is meant.",
        )
    return subject


Who = Annotated[Caller, Depends(_caller)]
