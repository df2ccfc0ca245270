"""A browser's token: a JWT that the host has signed, short-lived, for one person."""

import json
from pathlib import Path
from typing import Any

import jwt

from agent.errors import SettingsError
from agent.records.user import User
from agent.server.settings import ServerSettings

MAX_SECONDS = 3600
"""How long a token may be good for, from `iat` to `exp`."""
LEEWAY = 30
"""Seconds by which the clocks of host and server may differ."""
_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]


class TokenError(Exception):
    """A token that is not taken; the text says why, and nothing of what it holds."""


class Tokens:
    """Checks tokens as `settings` say: issuer, audience, and the one algorithm that is pinned."""

    def __init__(self, settings: ServerSettings) -> None:
        """Raise `SettingsError` where the key cannot be used."""
        if settings.token_key is None or settings.token_algorithm is None:
            raise SettingsError("tokens need HANDOFF_TOKEN_KEY")
        self._issuer, self._audience = settings.token_issuer, settings.token_audience
        self._algorithm = settings.token_algorithm
        self._keys = _keys(settings.token_key.get_secret_value(), self._algorithm)

    def read(self, token: str) -> User:
        """The person whom `token` names. Raises `TokenError`."""
        try:
            key = self._key_for(token)
            claims = jwt.decode(
                token,
                key,
                algorithms=[self._algorithm],
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY,
                options={"require": _REQUIRED},
            )
        except jwt.PyJWTError as error:
            raise TokenError(_why(error)) from None
        if not all(isinstance(claims[name], int | float) for name in ("exp", "iat")):
            raise TokenError("the claims exp and iat are numbers")
        if claims["exp"] - claims["iat"] > MAX_SECONDS:
            raise TokenError(f"the token is good for more than {MAX_SECONDS} seconds: sign short-lived ones")
        return _user(claims)

    def _key_for(self, token: str) -> Any:
        if len(self._keys) == 1:
            return next(iter(self._keys.values()))
        kid = jwt.get_unverified_header(token).get("kid")
        if kid not in self._keys:
            raise TokenError("the token is signed with a key (kid) that is not known here")
        return self._keys[kid]


def _why(error: jwt.PyJWTError) -> str:
    match error:
        case jwt.ExpiredSignatureError():
            return "the token has expired"
        case jwt.InvalidIssuerError():
            return "the token has another issuer"
        case jwt.InvalidAudienceError():
            return "the token is for another audience"
        case jwt.InvalidAlgorithmError():
            return "the token is signed with another algorithm"
        case jwt.MissingRequiredClaimError():
            return f"the token has no claim {error.claim}: it takes {', '.join(_REQUIRED)}"
        case jwt.ImmatureSignatureError():
            return "the token is not good yet"
        case jwt.InvalidSignatureError():
            return "the token's signature is wrong"
    return "this is neither a key nor a token that can be read"


def _user(claims: dict[str, Any]) -> User:
    attributes = claims.get("attributes", {})
    texts = {name: claims.get(name) for name in ("name", "email", "locale", "tenant")}
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject.strip() or len(subject) > 200 or not _is_text(subject):
        raise TokenError("the claim sub is the person's id: a text of 1 to 200 characters")
    for name, text in texts.items():
        if text is not None and (not isinstance(text, str) or len(text) > 320):
            raise TokenError(f"the claim {name} is a text of 320 characters at most")
    if not isinstance(attributes, dict) or not all(map(_fits, attributes.values())):
        raise TokenError("the claim attributes maps names to texts, or to lists of texts")
    return User(id=subject, attributes=attributes, **texts)


def _is_text(value: str) -> bool:
    """Not with half a character: two broken ids may not become one."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _fits(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def _keys(text: str, algorithm: str) -> dict[str | None, Any]:
    """The keys by their `kid`; the secret itself, or what is in the file of public keys."""
    if algorithm.startswith("HS"):
        least = int(algorithm[2:]) // 8  # RFC 7518, 3.2
        if len(text.encode()) < least:
            raise SettingsError(
                f"HANDOFF_TOKEN_KEY is too short: a secret for {algorithm} takes {least} bytes"
            )
        if "-----BEGIN" in text:
            raise SettingsError(
                f"HANDOFF_TOKEN_KEY is a PEM: {algorithm} takes a secret; set HANDOFF_TOKEN_ALGORITHM"
            )
        return {None: text}
    try:
        found = Path(text).read_text("utf-8")
    except (OSError, ValueError):
        raise SettingsError(
            f"HANDOFF_TOKEN_KEY cannot be read: for {algorithm} it is the path of a file with the public key (PEM or JWKS)"
        ) from None
    if "PRIVATE KEY" in found or '"d"' in found:
        raise SettingsError(
            "HANDOFF_TOKEN_KEY holds a private key: give the public one, the host keeps the other"
        )
    try:
        if found.lstrip().startswith("{"):
            listed = json.loads(found)
            entries = listed.get("keys", [listed])
            read = {entry.get("kid"): jwt.PyJWK(entry, algorithm).key for entry in entries}
        else:
            read = {None: jwt.get_algorithm_by_name(algorithm).prepare_key(found)}
    except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError):
        read = {}
    if not read:
        raise SettingsError(
            f"HANDOFF_TOKEN_KEY: the file holds no public key for {algorithm}, in PEM or as JWKS"
        )
    return read
