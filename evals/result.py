"""What came of a conversation: a line of `results.jsonl`. All metrics are made of these, and of nothing else."""

from typing import Literal

from pydantic import Field

from agent.records.base import Record
from agent.records.reply import Phase
from evals.case import Expect, Situation

Ended = Literal["handoff", "closed", "not_for_agents", "gave_up", "turn_limit", "stuck"]


class Call(Record):
    """One call of the model: what it decided, or how it failed. `confidence` between 0 and 1 where it gives one."""

    decision: str | None = None
    queue: str | None = None
    text: str = ""
    error: str | None = None
    confidence: float | None = None


class Shown(Record):
    """A proposal as it was shown; `wanted` is the queue that was chosen before opening hours were looked at."""

    queue: str
    name: str
    wanted: str
    summary: str
    reason: str


class Turn(Record):
    """What the person said or pressed, and what they got back."""

    said: str
    situation: Situation | Literal["closed"]
    reply: str
    phase: Phase
    steps: tuple[tuple[str, str], ...] = ()
    """Text and status of every reasoning step."""
    buttons: tuple[str, ...] = ()
    proposal: Shown | None = None
    handoff: str | None = None
    calls: tuple[Call, ...] = ()
    degraded: bool = False


class Result(Record):
    """One case, played once.

    `queue` is what was first proposed, `final_queue` what was proposed last, both before opening hours;
    `handoff_queue` is where the person landed. `correct` is None where nothing can be said about the agent: the
    model failed (`degraded`), the played person did (`user_faults`), or the conversation broke off (`error`).
    """

    id: str
    trial: int = 0
    position: int = 0
    """The number of the conversation in the run, by which results are put in order."""
    tags: tuple[str, ...] = ()
    script: str = ""
    """A hash of what was played: `Case.script`."""
    expected: Expect
    out_of_scope: bool = False
    outcome: Literal["handoff", "no_handoff"] = "no_handoff"
    ended: Ended = "stuck"
    queue: str | None = None
    final_queue: str | None = None
    handoff_queue: str | None = None
    routed: bool | None = None
    """Whether the first proposal was right; None where the person made none possible, or none was expected."""
    correct: bool | None = None
    """Whether everything came as expected: outcome, first and last proposal, where the person landed."""
    asked_first: int = 0
    """Questions before the first proposal."""
    guess: str | None = None
    """What the search liked best when the first question was asked; None where none was."""
    questions: int = 0
    turns: int = 0
    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    """How long the person waited in all; answers from a tape count with the time that they once took, failures do not."""
    confidence: float | None = None
    """The model's confidence in the first proposal."""
    degraded: bool = False
    user_faults: int = 0
    violations: tuple[str, ...] = ()
    error: str | None = None
    transcript: tuple[Turn, ...] = Field(default=(), repr=False)

    @property
    def scored(self) -> bool:
        """Whether it says something about the agent with a model that works."""
        return self.error is None and not self.degraded and not self.user_faults

    @property
    def guessed(self) -> bool | None:
        """Whether a proposal instead of the first question would have been right; None where that says nothing."""
        asked = self.scored and self.asked_first > 0 and self.routed is not None and self.guess is not None
        return self.guess in self.expected.queue if asked else None

    @property
    def over_asked(self) -> bool | None:
        """Whether they were asked though it was clear; None where that says nothing."""
        return self.asked_first > 0 if self.scored and self.expected.clarify == "forbidden" else None

    @property
    def under_asked(self) -> bool | None:
        """Whether something was proposed unasked though it was vague; None where that says nothing."""
        said = self.scored and self.expected.clarify == "required" and self.queue is not None
        return self.asked_first == 0 if said else None
