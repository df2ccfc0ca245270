"""Play one case: a person on one side, the agent on the other, until one of them is through."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from agent.agent import HandoffAgent
from agent.catalogue.source import CatalogueSource
from agent.chat import Chat
from agent.cli.lines import Press, Say
from agent.errors import HandoffError
from agent.models.base import ChatModel
from agent.records.reply import Reply
from agent.turn.limits import Limits
from agent.turn.propose import own_words
from evals.case import Case, Situation
from evals.judging import judged
from evals.played_model import PlayedModel
from evals.result import Ended, Result, Shown, Turn
from evals.scripted_user import ScriptedUser
from evals.situation import situation
from evals.tape import Tape
from evals.violations import Watch

TURNS = 20
"""More than any case needs; where a conversation goes in circles it ends here."""


class Player(Protocol):
    """Who plays a case's person."""

    @property
    def faults(self) -> int:
        """What the player did wrong by themselves: not the agent's fault."""
        ...

    async def next(self, situation: Situation, reply: Reply) -> Say | Press | None:
        """What they do about a reply; None where they leave."""
        ...


def scripted(case: Case, trial: int) -> Player:  # noqa: ARG001 - a script is the same in every trial
    """The person of `case`, by the script."""
    return ScriptedUser(case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all conversations of a run share. `player` makes the person of a case; `fail_calls` as in `Plan`."""

    source: CatalogueSource
    model: ChatModel
    limits: Limits
    tape: Tape | None = None
    player: Callable[[Case, int], Player] = scripted
    fail_calls: float = 0.0


async def play(case: Case, trial: int, stage: Stage) -> Result:
    """What came of `case`. Never raises but for what ends the program: a conversation that breaks has an `error`."""
    model = PlayedModel(stage.model, stage.tape, (case.id, trial), stage.fail_calls)
    agent = HandoffAgent(stage.source, model=model, clock=lambda: case.now, limits=stage.limits)
    player = stage.player(case, trial)
    conversation = _Conversation(agent.start(case.user.user), model, stage.source)
    try:
        ended, error = await conversation.run(Say(case.opening), player), model.broken
    except HandoffError as problem:
        ended, error = "stuck", f"{type(problem).__name__}: {problem}"
    except Exception as problem:  # noqa: BLE001 - a defect of the agent is found by a run, and does not end it
        ended, error = "stuck", f"{type(problem).__name__}, which is a defect of the agent"
    seconds = conversation.seconds - model.spent + model.waited
    return judged(
        conversation.result(case, trial).model_copy(
            update={
                "ended": ended,
                "error": error,
                "user_faults": player.faults,
                "seconds": round(seconds, 3),
            }
        )
    )


class _Conversation:
    def __init__(self, chat: Chat, model: PlayedModel, source: CatalogueSource) -> None:
        self._chat = chat
        self._model = model
        views = source.current()
        self._view = views.of(chat.conversation.user)
        self._watch = Watch(self._view, views.catalogue.target.address)
        self._turns: list[Turn] = []
        self._proposed: list[str] = []
        self._asked_first = 0
        self._guess: str | None = None
        self._confidence: float | None = None
        self.seconds = 0.0

    async def run(self, did: Say | Press, player: Player) -> Ended:
        for _ in range(TURNS):
            reply = await self._take(did)
            if self._model.broken:
                return "stuck"
            found = self._turns[-1].situation
            if found == "closed":
                return "closed"
            then = await player.next(found, reply)
            if then is None:
                return {"handoff": "handoff", "other_help": "not_for_agents"}.get(found, "gave_up")  # type: ignore[return-value]
            did = then
        return "turn_limit"

    async def _take(self, did: Say | Press) -> Reply:
        reply: Reply | None = None
        began = perf_counter()
        try:
            if isinstance(did, Say):
                reply = await self._chat.send(did.text)
            else:
                reply = await self._chat.press(
                    did.action, text=did.text, queue_id=did.queue_id, proposal=did.proposal
                )
        finally:
            self.seconds += perf_counter() - began
            self._watch.turn(did, reply, self._chat.conversation)
        self._note(did, reply)
        return reply

    def _note(self, did: Say | Press, reply: Reply) -> None:
        messages = self._chat.conversation.messages
        last = messages[-1] if messages else None  # a message that was refused leaves nothing
        shown, calls = reply.proposal, self._model.take_calls()
        turn = Turn(
            said=did.text
            if isinstance(did, Say)
            else f"[{did.action}] {did.text or did.queue_id or ''}".strip(),
            situation=situation(reply),
            reply=reply.text,
            phase=reply.phase,
            steps=tuple((step.text, step.status) for step in reply.steps),
            buttons=tuple(button.label for button in reply.buttons),
            proposal=Shown(
                queue=shown.queue_id,
                name=shown.queue,
                wanted=shown.wanted,
                summary=shown.summary,
                reason=shown.reason,
            )
            if shown
            else None,
            handoff=reply.handoff.url if reply.handoff else None,
            calls=calls,
            degraded=last is not None and last.role == "assistant" and last.degraded,
        )
        if not self._proposed:
            if turn.situation == "question":
                self._asked_first += 1
                self._guess = self._guess or self._best()
            elif shown:
                self._confidence = calls[-1].confidence if calls else None
        if shown:
            self._proposed.append(shown.wanted)
        self._turns.append(turn)

    def _best(self) -> str:
        """What the search likes best of what was said so far."""
        hits = self._view.search(" ".join(own_words(self._chat.conversation)), 1)
        return hits[0].queue.id if hits else self._view.default.id

    def result(self, case: Case, trial: int) -> Result:
        document = self._chat.conversation
        answers = [message for message in document.messages if message.role == "assistant"]
        return Result(
            id=case.id,
            trial=trial,
            tags=case.tags,
            script=case.script,
            expected=case.expect,
            out_of_scope=case.out_of_scope,
            outcome="handoff" if document.handoffs else "no_handoff",
            queue=self._proposed[0] if self._proposed else None,
            final_queue=self._proposed[-1] if self._proposed else None,
            handoff_queue=document.handoffs[-1].queue_id if document.handoffs else None,
            asked_first=self._asked_first,
            guess=self._guess,
            questions=sum(turn.situation == "question" for turn in self._turns),
            turns=len(self._turns),
            model_calls=sum(answer.reply.model_calls for answer in answers),
            prompt_tokens=sum(answer.prompt_tokens for answer in answers),
            completion_tokens=sum(answer.completion_tokens for answer in answers),
            confidence=self._confidence,
            degraded=any(answer.degraded for answer in answers),
            violations=tuple(self._watch.found),
            transcript=tuple(self._turns),
        )
