"""A URL with placeholders: promise 3 (only our URL).

Scheme and host come from the configuration, which `agent.catalogue.templates` has checked; every value is
percent-encoded, so it cannot leave the place it was put in.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from agent.catalogue.schema import Queue
from agent.catalogue.templates import fill, names_in
from agent.errors import TargetError
from agent.targets.base import Opened, Packet


class UrlTemplate:
    """The target of kind `url_template`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._names = names_in(url)
        parts = urlsplit(url)
        self._address = f"{parts.scheme}://{parts.netloc}"

    @property
    def carries_summary(self) -> bool:
        """Whether the template has a place for the summary."""
        return "summary" in self._names

    def to(self, queue: Queue) -> str:  # noqa: ARG002  # the same for all queues
        """Scheme, host and port of the template."""
        return self._address

    def sends(self, packet: Packet) -> dict[str, str]:
        """The values for the template's placeholders, cut to `agent.catalogue.templates.LIMITS`."""
        values = packet.values()
        return {name: values[name] for name in self._names}

    async def open(self, queue: Queue, sends: Mapping[str, str]) -> Opened:
        """The URL made of `sends`."""
        if sends.get("queue_id") != queue.id:
            raise TargetError(f"the values do not belong to queue {queue.id}")
        return Opened(url=fill(self._url, sends), carries_summary=self.carries_summary)

    def owns(self, url: str) -> bool:
        """Whether `url` has the template's scheme, host and port."""
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" == self._address
