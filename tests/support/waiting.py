"""A scripted model that answers when it is let."""

import asyncio
from collections.abc import Callable, Iterable

from agent import Answer, Briefing
from agent.models.scripted import ScriptedModel, Step


class Waiting(ScriptedModel):
    """`asked` is set when the model is called; it answers once `let` is set."""

    def __init__(self, steps: Iterable[Step]) -> None:
        super().__init__(steps)
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        self.asked.set()
        await self.let.wait()
        return await super().decide(briefing, started)
