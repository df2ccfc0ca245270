"""Who may call a door over HTTP: keys that name their tenants, and requests that came through somebody else."""

import hmac
import os
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from agent.errors import SettingsError
from agent.settings import KEY_CHARS

_NAME = "HANDOFF_API_KEYS"
_TENANT = re.compile(r"[A-Za-z0-9._-]{1,64}")


class ApiKey(NamedTuple):
    """A key's SHA-256, and the tenant that it names."""

    tenant: str
    digest: bytes

    @property
    def name(self) -> str:
        """What tells it from the tenant's other keys, and says nothing of it."""
        return f"{self.tenant}/{self.digest.hex()[:8]}"


def parse_api_keys(text: str) -> tuple[ApiKey, ...]:
    """The keys in ``TENANT:KEY``, several with commas between. Raises `ValueError`, which names no key."""
    return tuple(_api_key(part.strip()) for part in text.split(",") if part.strip())


def read_api_keys(environ: Mapping[str, str] = os.environ) -> tuple[ApiKey, ...]:
    """The keys of HANDOFF_API_KEYS, none where it is not set. Raises `SettingsError`."""
    try:
        return parse_api_keys(environ.get(_NAME, ""))
    except ValueError as error:
        raise SettingsError(f"{_NAME}: {error}") from None


def find_key(keys: Iterable[ApiKey], secret: str) -> ApiKey | None:
    """Which of `keys` the secret is, or None."""
    digest = sha256(secret.encode("utf-8", "replace")).digest()
    # All are compared, so that the time tells nothing.
    found = [key for key in keys if hmac.compare_digest(key.digest, digest)]
    return found[0] if found else None


def is_origin_of(origin: str, host: str) -> bool:
    """Whether a page of `origin` was served by `host`, as the two headers say; anything odd is another one."""
    return origin.partition("://")[2].lower() == host.lower() != ""


def text_of(header: str) -> str:
    """A header's text: clients send UTF-8, and servers read Latin-1. Raises `ValueError` where it is neither."""
    return header.encode("latin-1").decode("utf-8").strip()


def came_through_a_proxy(headers: Iterable[str]) -> bool:
    """Whether a request with headers of these names, in lower case, was passed on by somebody."""
    return any(
        name in ("forwarded", "via", "x-real-ip") or name.startswith("x-forwarded-") for name in headers
    )


def _api_key(text: str) -> ApiKey:
    tenant, colon, key = text.partition(":")
    if not colon or not _TENANT.fullmatch(tenant):
        raise ValueError(
            "write TENANT:KEY, several with commas between; a tenant has letters, digits, dots and dashes"
        )
    if len(key) < KEY_CHARS or not (key.isascii() and key.isprintable() and " " not in key):
        raise ValueError(
            f"a key of {tenant} is too short or has odd characters: it takes {KEY_CHARS} letters, digits or signs, or more"
        )
    return ApiKey(tenant, sha256(key.encode()).digest())
