"""A URL with placeholders in path, query or fragment: promise 3 (only our URL) for every link we make.

Scheme and host come from the configuration, which `agent.catalogue.check` has looked at; every value is
percent-encoded, so it cannot leave the place it was put in.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from agent.catalogue.schema import Queue
from agent.errors import TargetError
from agent.language.clean import clean, cut_bytes
from agent.targets.base import Packet

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Bytes of UTF-8 before encoding. The summary has BeyondTrust's limit for details; the others are names of
# things. With every byte encoded as three characters the URL stays below 8,000, which servers accept.
LIMITS = {"queue_id": 200, "summary": 1024, "name": 100, "email": 254, "reference": 64}


def values_of(packet: Packet) -> dict[str, str]:
    """Every value that a link can carry, cleaned and cut."""
    raw = {
        "queue_id": packet.queue.id,
        "summary": packet.summary,
        "name": packet.user.name or "",
        "email": packet.user.email or "",
        "reference": packet.reference,
    }
    return {name: _value(value, LIMITS[name]) for name, value in raw.items()}


def _value(text: str, limit: int) -> str:
    # Dots alone in the path would climb out of it, and browsers read even encoded ones so.
    value = cut_bytes(clean(text), limit)
    return "" if set(value) == {"."} else value


def names_in(template: str) -> tuple[str, ...]:
    """The placeholders of `template`, in order, each once."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(template)))


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with its placeholders replaced by the percent-encoded values."""
    return PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe=""), template)


class UrlTemplate:
    """The target of kind `url_template`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._names = names_in(url)
        parts = urlsplit(url)
        self.to = f"{parts.scheme}://{parts.netloc}"

    @property
    def carries_summary(self) -> bool:
        """Whether the template has a place for the summary."""
        return "summary" in self._names

    def sends(self, packet: Packet) -> dict[str, str]:
        """The values for the template's placeholders, cut to `LIMITS`."""
        values = values_of(packet)
        return {name: values[name] for name in self._names}

    async def open(self, queue: Queue, sends: Mapping[str, str]) -> str:
        """The URL made of `sends`."""
        url = fill(self._url, sends)
        if sends.get("queue_id") != queue.id or not url.startswith(self.to):
            raise TargetError(f"the values for queue {queue.id} do not make a link to {self.to}")
        return url
