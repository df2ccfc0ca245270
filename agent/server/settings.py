"""What operators set for the server: who may call, from where, and how tokens are checked. No `.env` is read."""

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from agent.access import ApiKey, parse_api_keys
from agent.errors import SettingsError

_PREFIX = "HANDOFF_"
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]")
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")

Algorithm = Literal[
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"
]


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _api_keys(value: Any) -> Any:
    return parse_api_keys(value) if isinstance(value, str) else value


def _origin(text: str) -> str:
    parts = urlsplit(text.lower())
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or text.lower() != f"{parts.scheme}://{parts.netloc}"
    ):
        raise ValueError(
            f"{text!r} is no origin: it looks like https://intranet.acme.com, without a path or a *"
        )
    return text.lower()


def _host(text: str) -> str:
    if not _HOST.fullmatch(text.lower()):
        raise ValueError(f"{text!r} is no host name: it looks like handoff.acme.com, without a port")
    return text.lower()


def _base(value: Any) -> Any:
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(
            "it is the https address at which people reach this server, such as https://handoff.acme.com"
        )
    return value.rstrip("/")


_Origins = Annotated[tuple[Annotated[str, BeforeValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)]
_Hosts = Annotated[tuple[Annotated[str, BeforeValidator(_host)], ...], NoDecode, BeforeValidator(_listed)]


class ServerSettings(BaseSettings):
    """The HANDOFF_ variables of the server; docs/http.md has a table of them."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, hide_input_in_errors=True, extra="ignore", frozen=True
    )

    api_keys: Annotated[tuple[ApiKey, ...], NoDecode, BeforeValidator(_api_keys)] = Field(
        default=(), repr=False
    )
    token_issuer: str | None = None
    token_audience: str | None = None
    token_algorithm: Algorithm | None = None
    token_key: SecretStr | None = None
    cors_origins: _Origins = ()
    embed_origins: _Origins = ()
    """The sites whose pages may show the widget."""
    hosts: _Hosts = ()
    links: Annotated[str, BeforeValidator(_base)] | None = None
    drain: float = Field(default=0, ge=0, le=300)
    """Seconds for which a server that is told to end still takes requests, while /readyz says 503."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        parts = {
            "TOKEN_ISSUER": self.token_issuer,
            "TOKEN_AUDIENCE": self.token_audience,
            "TOKEN_ALGORITHM": self.token_algorithm,
            "TOKEN_KEY": self.token_key,
        }
        missing = [_PREFIX + name for name, value in parts.items() if value is None]
        if missing and len(missing) < len(parts):
            raise ValueError(f"tokens need {' and '.join(missing)}, too")
        return self

    @property
    def open(self) -> bool:
        """Nobody has to show a key or a token: for this machine only."""
        return not self.api_keys and self.token_key is None


def read_server_settings() -> ServerSettings:
    """From the environment. Raises `SettingsError`, which names the variable and never its value."""
    try:
        return ServerSettings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = f"{_PREFIX}{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise SettingsError(name + first["msg"].removeprefix("Value error, ")) from None
