"""What a target is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from agent.catalogue.schema import Queue
from agent.catalogue.templates import LIMITS
from agent.language.clean import clean, cut_bytes
from agent.records.user import User


@dataclass(frozen=True, slots=True)
class Packet:
    """What there is to send; a target takes of it what it can carry."""

    queue: Queue
    summary: str
    user: User
    reference: str

    def values(self) -> dict[str, str]:
        """Every value that a link can carry by its placeholder, on one line, cut between characters."""
        raw = {
            "queue_id": self.queue.id,
            "summary": self.summary,
            "name": self.user.name or "",
            "email": self.user.email or "",
            "reference": self.reference,
        }
        return {name: _value(value, LIMITS[name]) for name, value in raw.items()}


def _value(text: str, limit: int) -> str:
    value = cut_bytes(" ".join(clean(text).split()), limit).rstrip()
    # Dots alone in the path would climb out of it, and browsers read even encoded ones so.
    return "" if set(value) == {"."} else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A chat that waits at `url`: for how long, if not for ever, and whether its agent will see the summary.

    `nobody_free`: the support system hints that nobody may be free to take it now.
    """

    url: str
    lifetime: timedelta | None = None
    carries_summary: bool
    nobody_free: bool = False


class Target(Protocol):
    """Turns an accepted proposal into the URL of a chat. It never gets a URL from a model or a person."""

    @property
    def carries_summary(self) -> bool:
        """Whether the agent will see the summary, as far as it is known before."""
        ...

    def to(self, queue: Queue) -> str:
        """The address that is shown to the person, scheme and host."""
        ...

    def sends(self, packet: Packet) -> dict[str, str]:
        """Exactly the values that `open` would send, cut to the target's limits; no I/O."""
        ...

    async def open(self, queue: Queue, sends: Mapping[str, str]) -> Opened:
        """Make the handoff from the values that were shown, and nothing else.

        Raises `TargetError` where the support system does not take it; a turn's time limit holds for it, too.
        """
        ...

    def owns(self, url: str) -> bool:
        """Whether `url` leads where this target's configuration says: checked before any URL is given out."""
        ...
