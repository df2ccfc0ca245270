"""The scripted person: deterministic, knows their facts and nothing of queues."""

from agent.cli.lines import Press, Say
from agent.language.locale import words_of
from agent.records.reply import Reply
from evals.case import Act, Case, Situation

FALLBACKS = 2
"""In a row; who has nothing more to say then leaves."""


class ScriptedUser:
    """Plays one case; made anew for each conversation.

    `faults` counts what the person did wrong by themselves: a script never does.
    """

    def __init__(self, case: Case) -> None:
        self.faults = 0
        self._case = case
        self._facts = dict(case.user.facts)
        self._acts = list(case.user.acts)
        self._lost = 0  # fallbacks in a row

    async def next(self, situation: Situation, reply: Reply) -> Say | Press | None:
        """What the person does about `reply`; None where they leave it at that."""
        act = self._act(situation)
        if act:
            return act.line
        if situation == "proposal":
            self._lost = 0
            return Press("start", proposal=reply.proposal.id if reply.proposal else None)
        if situation != "question":
            return None
        answer = await self.answer(reply)
        self._lost = self._lost + 1 if answer is None else 0
        return Say(answer or self._case.user.fallback) if self._lost <= FALLBACKS else None

    def _act(self, situation: Situation) -> Act | None:
        # The first one left that fits, which is used up by this.
        act = next((act for act in self._acts if act.on == situation), None)
        if act:
            self._acts.remove(act)
        return act

    async def answer(self, reply: Reply) -> str | None:
        """The fact that is asked for, else the next one; None where there is none left."""
        asked = set(words_of(reply.text))
        key = next((key for key in self._facts if _words(key) <= asked), next(iter(self._facts), None))
        return self._facts.pop(key) if key else None


def _words(key: str) -> set[str]:
    return set(words_of(key.replace("_", " ")))
