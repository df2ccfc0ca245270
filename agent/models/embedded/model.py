"""The embedded model: what it looks at, and in which order."""

from collections.abc import Callable

from agent.language.locale import locale_for
from agent.language.understand import describes_problem, greets
from agent.models.base import Answer, Briefing
from agent.models.embedded.asking import answered, propose_or_ask
from agent.models.embedded.changing import corrected
from agent.models.embedded.said import last_said, said_in
from agent.models.embedded.two_problems import two_problems
from agent.records.decision import Ask, Decision
from agent.retrieval.confidence import confidence
from agent.settings import SURE


class EmbeddedModel:
    """Implements `ChatModel` by search; deterministic, and never fails.

    It asks where what was said is vague, and where the probability that its best queue is right is below `sure`,
    between 0 (only what is vague is asked about) and 1 (always, as long as questions are left).
    """

    name = provider = "embedded"

    def __init__(self, *, sure: float = SURE) -> None:
        self._sure = sure

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        """One decision, at once."""
        decision = self._decision(briefing)
        if started:
            started(decision.kind)
        sure = _confidence(briefing) if decision.kind == "select_queue" else None
        return Answer(decision=decision, confidence=sure)

    async def close(self) -> None:
        """Nothing is held."""

    def _decision(self, briefing: Briefing) -> Decision:
        locale = locale_for(briefing.language)
        said = said_in(briefing)
        last = briefing.messages[-1] if briefing.messages else None
        if briefing.own_summary is not None and last and last.role == "user" and last.action == "summary":
            return propose_or_ask(briefing, [briefing.own_summary], locale, self._sure)
        if briefing.proposal:
            return corrected(briefing, briefing.proposal, said.new, locale)
        if not any(map(describes_problem, (*said.earlier, *said.new))):
            again = last_said(briefing.messages, "ask_issue", "ask_hello")
            key = "ask_more" if again else "ask_hello" if all(map(greets, said.new)) else "ask_issue"
            return Ask(question=locale(key))
        if len(briefing.asked_between) > 1:
            return answered(briefing, said, locale, self._sure)
        two = two_problems(briefing.view, said.new)
        return two or propose_or_ask(briefing, said.telling, locale, self._sure)


def _confidence(briefing: Briefing) -> float:
    """How sure the search is of what the person has said so far."""
    hits = briefing.view.search(" ".join(said_in(briefing).telling), 2)
    return confidence([hit.score for hit in hits])
