"""Whether this process uses OpenTelemetry.

Its API is never imported from here first: where nothing else in the process has loaded it, nobody has configured it
either, and nothing is traced or measured. So it costs nothing where it is not wanted, installed or not.
"""

import logging
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

SCOPE = "live-agent-handoff"
SCHEMA = "https://opentelemetry.io/schemas/1.37.0"
"""The semantic conventions whose names are used here."""
OLDEST = (1, 31)
"""The first API version that has all that is used here."""

Value = str | bool | int | float
Attributes = Mapping[str, Value | None]
"""Names and values; those that are None are left out."""

log = logging.getLogger("agent.telemetry")


def in_use() -> bool:
    """Whether something in this process has loaded OpenTelemetry's API, and it is new enough."""
    return sys.modules.get("opentelemetry.trace") is not None and _is_new_enough()


def own_version() -> str:
    """This package's version, which spans and metrics carry."""
    return version(SCOPE)


def known(attributes: Attributes) -> dict[str, Value]:
    """`attributes` without those that are None."""
    return {name: value for name, value in attributes.items() if value is not None}


@cache
def _is_new_enough() -> bool:
    try:
        found = version("opentelemetry-api")
    except PackageNotFoundError:
        return False
    enough = tuple(int(part) for part in found.split(".")[:2]) >= OLDEST
    if not enough:
        wanted = ".".join(map(str, OLDEST))
        log.warning("nothing is traced: opentelemetry-api is %s, it takes %s or newer", found, wanted)
    return enough
