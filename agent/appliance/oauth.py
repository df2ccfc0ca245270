"""API accounts and their tokens: client credentials, 3,600 seconds, 30 valid tokens an account."""

import base64
import binascii
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from hmac import compare_digest

from starlette.responses import Response

from agent.appliance.site import Account
from agent.appliance.wire import json_answer, refusal

LIFETIME = 3600
VALID_TOKENS = 30


class Accounts:
    """The accounts with their secrets, and the tokens that are valid."""

    def __init__(self, accounts: Iterable[Account], clock: Callable[[], float]) -> None:
        self._clock = clock
        self._accounts = {account.client_id: account.with_secret() for account in accounts}
        self._tokens: dict[str, deque[tuple[str, float]]] = {id_: deque() for id_ in self._accounts}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def __getitem__(self, client_id: str) -> Account:
        return self._accounts[client_id]

    def token(self, authorization: str, form: Mapping[str, str]) -> Response:
        """The answer to `POST /oauth2/token`: a token, of which the account's 31st makes the oldest invalid."""
        account = self._by_secret(authorization)
        if account is None:
            return refusal("invalid_client", "The client could not be authenticated.", 401)
        if "grant_type" not in form:
            return refusal("invalid_request", "The parameter grant_type is missing.", 400)
        if form["grant_type"] != "client_credentials":
            return refusal("unsupported_grant_type", "Only client_credentials is supported.", 400)
        token = secrets.token_urlsafe(32)
        tokens = self._tokens[account.client_id]
        tokens.append((token, self._clock() + LIFETIME))
        while len(tokens) > VALID_TOKENS:
            tokens.popleft()
        return json_answer({"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME})

    def of_token(self, authorization: str) -> Account | None:
        """The account of the header `Authorization: Bearer …`, None where the token is not or no longer valid."""
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        for client_id, tokens in self._tokens.items():
            for token, expires in tokens:
                if compare_digest(token.encode(), given.strip().encode()) and self._clock() < expires:
                    return self._accounts[client_id]
        return None

    def revoke_all(self) -> None:
        """Make every token invalid, as when a secret is made anew."""
        for tokens in self._tokens.values():
            tokens.clear()

    def _by_secret(self, authorization: str) -> Account | None:
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        account = self._accounts.get(client_id)
        if account is None or not compare_digest((account.client_secret or "").encode(), secret.encode()):
            return None
        return account
