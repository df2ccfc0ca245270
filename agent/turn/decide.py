"""Ask the model, within bounds (promise 5): calls, seconds, one repair. What it answers is judged."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from agent.catalogue.schema import Queue
from agent.errors import ModelAnswerInvalid, ModelError, ModelUnavailable
from agent.language.clean import one_line
from agent.logs import fields
from agent.models.base import CANDIDATES, Answer, Briefing, ChatModel, ScriptError
from agent.models.breaker import LeftAlone
from agent.models.traced import model_call
from agent.records.conversation import Conversation
from agent.records.decision import Decision, SearchQueues, SelectQueue
from agent.turn.context import Context
from agent.turn.judge import Refused, judge
from agent.turn.private import briefed
from agent.turn.propose import own_words

log = logging.getLogger("agent.turn")
_DECISIONS: TypeAdapter[Decision] = TypeAdapter(Decision)


@dataclass(slots=True)
class Budget:
    """What a turn may still use, and what it has used; it outlives a commit that has to be tried again."""

    calls_left: int
    deadline: float
    """In the event loop's time."""
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    degraded: bool = False
    last: Decision | None = None
    """The last decision that was allowed; it serves where messages keep coming and the calls are used up."""
    heard: int = 0
    """The number of the first message that `last` knows nothing of."""


async def decide(
    ctx: Context, conversation: Conversation, model: ChatModel, budget: Budget
) -> Decision | None:
    """The model's decision, allowed by `judge`; None where there is none within bounds."""
    correction: str | None = None
    candidates: tuple[Queue, ...] = ()
    repaired = False
    while budget.calls_left > 0:
        briefing = Briefing(
            view=ctx.view,
            messages=conversation.messages,
            since=conversation.since,
            phase=conversation.phase,
            language=ctx.locale.language,
            questions_left=max(0, ctx.limits.questions - conversation.questions),
            asked_between=conversation.asked_between,
            proposal=conversation.proposal,
            handed_off=conversation.handoffs[-1].queue_id if conversation.handoffs else None,
            candidates=candidates,
            correction=correction,
            own_summary=conversation.own_summary,
        )
        if ctx.redact:
            briefing = briefed(briefing, ctx.redact)
        try:
            proposed = await _call(ctx, conversation.id, model, briefing, budget)
            decision = judge(ctx, conversation, proposed)
        except (ModelAnswerInvalid, Refused) as error:
            if repaired:
                break
            repaired, correction = True, str(error)
            continue
        except LeftAlone:  # the breaker has told the operator once, when it opened
            break
        except ModelError as error:
            told = fields(
                "model_failed",
                conversation=conversation.id,
                model=model.name,
                model_calls=budget.calls,
                error=type(error).__name__,
            )
            log.warning("model %s: %s", model.name, error, extra=told)
            break
        if isinstance(decision, SearchQueues):
            ctx.step("step_search", "success")
            # The person's own words are searched, too: a model's odd words must not hide the right queue.
            hits = ctx.view.search(" ".join([decision.query, *own_words(conversation)]), CANDIDATES)
            candidates, correction = tuple(hit.queue for hit in hits), None
            continue
        budget.last, budget.heard = decision, conversation.dropped + len(conversation.messages)
        return decision
    budget.last = _still_allowed(ctx, conversation, budget)
    if budget.last is None:
        budget.degraded = True
    return budget.last


def _still_allowed(ctx: Context, conversation: Conversation, budget: Budget) -> Decision | None:
    """The last decision of this turn, if it holds for what conversation and catalogue are now; what came later goes along."""
    try:
        last = judge(ctx, conversation, budget.last) if budget.last else None
    except Refused:
        return None
    missed = own_words(conversation, max(0, budget.heard - conversation.dropped))
    if isinstance(last, SelectQueue) and missed:
        summary = one_line(" ".join([last.summary, *missed]), ctx.limits.summary_chars)
        return last.model_copy(update={"summary": summary})
    return last


async def _call(
    ctx: Context, conversation: str, model: ChatModel, briefing: Briefing, budget: Budget
) -> Decision:
    budget.calls_left -= 1
    budget.calls += 1

    def started(kind: str) -> None:
        if kind == "select_queue":
            ctx.step("step_queue", "pending")

    left = budget.deadline - asyncio.get_running_loop().time()
    try:
        with model_call(model, briefing, conversation) as answered:
            answer = await _within(left, model.decide(briefing, started))
            # A model of somebody else's may hand in anything; only what is a decision goes on.
            decision: Decision = _DECISIONS.validate_python(answer.decision.model_dump(warnings=False))
            prompt, completion = max(0, int(answer.prompt_tokens)), max(0, int(answer.completion_tokens))
            answered(decision, prompt, completion, str(answer.model))
        budget.prompt_tokens += prompt
        budget.completion_tokens += completion
    except (ModelError, ScriptError):
        raise
    except Exception as error:
        # Whatever a model does, the person gets a reply. The text may hold what they wrote: only its type is told.
        raise ModelUnavailable(f"failed with {type(error).__name__}") from error
    return decision


async def _within(seconds: float, deciding: Coroutine[Any, Any, Answer]) -> Answer:
    """What a model answers, in a task of its own: one that ignores being cancelled cannot hold the turn."""
    task = asyncio.create_task(deciding)
    # What it raises when nobody waits for it any more is nobody's concern.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            late = ModelUnavailable("no answer within the turn's time limit")
            late.code = "timeout"
            raise late
    finally:
        task.cancel()
    if task.cancelled():  # by itself: the turn goes on
        raise ModelUnavailable("it was cancelled")
    return task.result()
