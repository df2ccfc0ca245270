"""What one turn works with: the catalogue of this moment as this person may see it, and the time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Literal

from agent.catalogue.schema import Catalogue, Queue
from agent.catalogue.view import View
from agent.language.locale import Locale
from agent.records.reply import Step
from agent.targets.availability import Availability
from agent.targets.base import Target
from agent.turn.limits import Limits


@dataclass(slots=True)
class Context:
    """Made anew for every turn; only `steps` changes, as the person is shown them."""

    catalogue: Catalogue
    view: View
    target: Target
    locale: Locale
    limits: Limits
    now: datetime
    deadline: float
    """Until when a target must have answered, in the event loop's time."""
    show: Callable[[Step], None]
    accept_relayed: bool = False
    redact: Callable[[str], str] | None = None
    """Takes out of a text what no model is to see; None where nothing is taken out."""
    availability: Availability | None = None
    steps: dict[str, Step] = field(default_factory=dict)

    def new_id(self) -> str:
        """An id that nobody can guess: 128 random bits."""
        return token_hex(16)

    async def look(self) -> None:
        """See who is online before something is proposed, in the short time that there is for it."""
        if self.availability:
            await self.availability.refresh()

    async def searchable(self) -> None:
        """Have the search made, in at most half of the time for asking: before what a model has not decided."""
        left = self.deadline - asyncio.get_running_loop().time()
        await self.view.ready(min(left, self.limits.asking / 2))

    def online(self, queue: Queue) -> int | None:
        """How many agents are online for `queue`; None where that is not known."""
        return self.availability.online(queue) if self.availability else None

    def pending(self, id_: str) -> bool:
        """Whether a step has begun and not ended."""
        return id_ in self.steps and self.steps[id_].status == "pending"

    def step(self, id_: str, status: Literal["pending", "success", "error"], **values: str) -> None:
        """Show a reasoning step (`id_` is the key of its text), or its new status."""
        before = self.steps.get(id_)
        step = self.add_step(id_, status, **values)
        if step != before:
            self.show(step)

    def add_step(self, id_: str, status: Literal["pending", "success", "error"], **values: str) -> Step:
        """Put a step into the reply; it is shown when that is committed."""
        self.steps[id_] = step = Step(id=id_, text=self.locale(id_, **values), status=status)
        return step
