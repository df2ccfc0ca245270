"""A model that does what a test tells it to, and complains if the test and the conversation disagree."""

from collections.abc import Callable, Iterable

from agent.models.base import Answer, Briefing, ScriptError
from agent.records.base import Record
from agent.records.decision import Decision

Step = Decision | Answer | Exception | type[Exception] | Callable[[Briefing], Decision]


class ScriptedModel:
    """A `ChatModel` that takes one of `steps` for each call.

    A step is a decision, an `Answer` (a decision with its tokens), an exception to raise, or a function from the
    briefing to a decision. `briefings` has what the model was told, call by call.
    """

    name = "scripted"

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self._steps = list(steps)
        self.briefings: list[Briefing] = []

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        """Take the next step; raises `ScriptError` if there is none."""
        number = len(self.briefings)
        self.briefings.append(briefing)
        if number >= len(self._steps):
            raise ScriptError(f"call {number + 1} of a script with {len(self._steps)} steps")
        step = self._steps[number]
        if isinstance(step, (Exception, type)):
            raise step
        if isinstance(step, Answer):
            answer = step
        else:
            answer = Answer(decision=step if isinstance(step, Record) else step(briefing))
        if started:
            started(answer.decision.kind)
        return answer

    async def close(self) -> None:
        """Raise `ScriptError` if there are steps that no call has used."""
        unused = self._steps[len(self.briefings) :]
        if unused:
            named = "; ".join(repr(step) for step in unused)
            raise ScriptError(f"{len(unused)} of {len(self._steps)} steps were not used: {named}")
