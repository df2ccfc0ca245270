"""What is allowed of a model's decision at this moment (promises 2 and 6). Pure functions."""

import re

from agent.language.clean import clean, inert, one_line
from agent.language.understand import claims_transfer, describes_problem
from agent.records.conversation import Choice, Conversation
from agent.records.decision import Ask, CreateHandoff, Decision, SelectQueue
from agent.turn import say
from agent.turn.context import Context
from agent.turn.propose import own_words
from prompts import line

SUGGESTIONS = 3
_ENDS_SENTENCE = re.compile(r"(?<=[.!?…？؟。！])\s+")
_ASKS = ("?", "？", "؟", ";")  # the last one is the Greek question mark


class Refused(Exception):
    """The decision is not allowed; the text tells the model why."""


def judge(ctx: Context, conversation: Conversation, decision: Decision) -> Decision:
    """The decision as it may be carried out, with every text made safe. Raises `Refused`."""
    match decision:
        case Ask():
            return _ask(ctx, decision)
        case SelectQueue():
            return _select(ctx, conversation, decision)
        case CreateHandoff() if conversation.proposal is None:
            raise Refused(line("refused", "no_proposal"))
    return decision


def _ask(ctx: Context, decision: Ask) -> Ask:
    question = question_in(decision.question, ctx.limits.question_chars)
    if question is None:
        raise Refused(line("refused", "no_question"))
    suggestions = [say.label(inert(text)) for text in decision.suggestions[:SUGGESTIONS]]
    between = [id_ for id_ in dict.fromkeys(decision.between) if ctx.view.get(id_)]
    return Ask(
        question=question,
        suggestions=tuple(text for text in suggestions if text and not claims_transfer(text)),
        between=tuple(between[:3]),
    )


def question_in(text: str, limit: int) -> str | None:
    """What of a model's text may be shown: its sentences that ask something, without live links.

    Statements are left out: only a statement can claim what was not done. None where nothing is left.
    """
    sentences = _ENDS_SENTENCE.split(" ".join(clean(text).split()))
    asking = [sentence for sentence in sentences if sentence.endswith(_ASKS)]
    question = inert(" ".join(asking))
    if not question or len(question) > limit or claims_transfer(question):
        return None
    return question


def _select(ctx: Context, conversation: Conversation, decision: SelectQueue) -> SelectQueue:
    if ctx.view.get(decision.queue_id) is None:
        raise Refused(line("refused", "unknown_queue", queue_id=one_line(decision.queue_id, 60)))
    said = own_words(conversation)
    if not (any(map(describes_problem, said)) or conversation.questions or conversation.own_summary):
        raise Refused(line("refused", "no_problem"))
    allowed = " ".join(m.text for m in conversation.messages if m.role == "user")
    limit = ctx.limits.summary_chars
    summary = one_line(inert(decision.summary, allowed), limit) or one_line(" ".join(said), limit)
    reason = one_line(inert(decision.reason), ctx.limits.reason_chars)
    second = one_line(inert(decision.second_issue, allowed), limit)
    return SelectQueue(
        queue_id=decision.queue_id,
        summary=summary,
        reason="" if claims_transfer(reason) else reason,
        second_issue="" if second.casefold() == summary.casefold() else second,
        second_queue_id=decision.second_queue_id if ctx.view.get(decision.second_queue_id) else "",
    )


def second_of(decision: SelectQueue) -> Choice | None:
    """The second problem of a decision that was judged, where it is for another queue."""
    if not decision.second_issue or decision.second_queue_id == decision.queue_id:
        return None
    return Choice(queue_id=decision.second_queue_id, summary=decision.second_issue)
