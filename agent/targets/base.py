"""What a target is."""

from dataclasses import dataclass
from typing import Protocol

from agent.catalogue.schema import Queue
from agent.records.user import User


@dataclass(frozen=True, slots=True)
class Packet:
    """What there is to send; a target takes of it what it can carry."""

    queue: Queue
    summary: str
    user: User
    reference: str


class Target(Protocol):
    """Turns an accepted proposal into the URL of a chat. It never gets a URL from a model or a person."""

    @property
    def to(self) -> str:
        """The address that is shown to the person, scheme and host."""
        ...

    @property
    def carries_summary(self) -> bool:
        """Whether the agent will see the summary."""
        ...

    def sends(self, packet: Packet) -> dict[str, str]:
        """Exactly the values that `open` would send, cut to the target's limits; no I/O."""
        ...

    async def open(self, queue: Queue, sends: dict[str, str]) -> str:
        """Make the handoff from the values that were shown, and nothing else.

        Raises `TargetError` where the support system does not take it.
        """
        ...
