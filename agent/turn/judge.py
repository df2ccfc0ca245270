"""What is allowed of a model's decision at this moment (promises 2 and 6). Pure functions."""

import re
from collections.abc import Iterable

from agent.catalogue.schema import Queue
from agent.catalogue.view import shared_words
from agent.language.clean import clean, inert, one_line
from agent.language.locale import folded, locales
from agent.language.understand import claims_transfer, content_words, describes_problem
from agent.models.catalogue_text import quoted
from agent.records.conversation import Conversation
from agent.records.decision import Ask, CreateHandoff, Decision, NotForAgents, SelectQueue
from agent.turn import say
from agent.turn.context import Context
from agent.turn.propose import own_words, reason_for
from prompts import line

SUGGESTIONS = 3
LABEL_CUT = 300
OUR_LABELS = ("start", "edit", "other", "skip", "anyway", "cancel", "open_again", "nobody_came")
# A sentence ends at a mark with what closes it, or at a line's end; some scripts put no space behind the mark.
_ENDS_SENTENCE = re.compile(
    r"""(?<=[.!?…؟])["'”’»)\]*_]*\s+ | (?<=[。！？।]) | (?<=[.!?…])["'”’»)\]*_]*(?=[A-ZÀ-Þ]) | \n+""",
    re.VERBOSE,
)
_TAIL = " *_`\"'”’»“)]"  # what may follow a question mark
_ASKS = ("?", "？", "؟", "\u037e")  # the last one is the Greek question mark
# What stands before these may be a statement of its own: "You are connected: do you see it?"
# Nothing is tried twice: a sentence without such a mark is the ordinary case.
_CLAUSE = re.compile(r"^(?:\S++\s++){2,}\S*(?:[:;—–]|\s-)\s+")
_QUOTES = str.maketrans(dict.fromkeys('“”„‟«»"', "'"))  # a summary is shown in quotes and may not leave them
# The marks in a queue's name end no sentence and no clause ("IT - Network"): meanwhile characters for private use,
# which no text has, stand for them.
_ASIDE = {ord(mark): 0xE000 + number for number, mark in enumerate(".!?…:;—–-")}
_BACK = {aside: mark for mark, aside in _ASIDE.items()}
_CUT = 4  # times the limit: more of a model's text is not even looked at


class Refused(Exception):
    """The decision is not allowed; the text tells the model why."""


def judge(ctx: Context, conversation: Conversation, decision: Decision) -> Decision:
    """The decision as it may be carried out, with every text made safe. Raises `Refused`."""
    match decision:
        case Ask():
            return _ask(ctx, decision)
        case SelectQueue():
            return _select(ctx, conversation, decision)
        case NotForAgents() if not own_words(conversation):
            raise Refused(line("refused", "no_problem"))
        case CreateHandoff() if conversation.proposal is None:
            raise Refused(line("refused", "no_proposal"))
    return decision


def _ask(ctx: Context, decision: Ask) -> Ask:
    names = [queue.name for queue in ctx.view.queues]
    question = question_in(decision.question, ctx.limits.question_chars, names)
    if question is None:
        raise Refused(line("refused", "no_question"))
    offered = [text if text in names else inert(text[:LABEL_CUT]) for text in decision.suggestions]
    suggestions = [say.label(text) for text in offered[:SUGGESTIONS]]
    between = [id_ for id_ in dict.fromkeys(decision.between) if ctx.view.get(id_)]
    return Ask(
        question=question,
        suggestions=tuple(text for text in suggestions if text and not _misleads(text)),
        between=tuple(between[:3]),
    )


def _misleads(suggestion: str) -> bool:
    """Whether a button with this label would look like one of ours, or claim something."""
    ours = {folded(locale(key)) for locale in locales().values() for key in OUR_LABELS}
    return claims_transfer(suggestion) or folded(suggestion) in ours


def question_in(text: str, limit: int, names: Iterable[str] = ()) -> str | None:
    """What of a model's text may be shown: its sentences that ask something, without live links.

    Statements are left out: only a statement can claim what was not done. None where nothing is left.
    The queues' `names` stay whole.
    """
    text = clean(text[: _CUT * limit]).translate(dict.fromkeys(_BACK))
    for name in names:
        text = text.replace(name, name.translate(_ASIDE))
    sentences = (" ".join(part.split()) for part in _ENDS_SENTENCE.split(text))
    asking = [_CLAUSE.sub("", sentence) for sentence in sentences if sentence.rstrip(_TAIL).endswith(_ASKS)]
    # One question at a time: the last, with the one before it where the two belong together.
    last = asking[-2:] if asking and asking[-1].split()[0].casefold() in ("or", "oder") else asking[-1:]
    question = inert(" ".join(last)).translate(_BACK)
    # Where no letter is left, nobody can tell what is asked.
    if not any(map(str.isalnum, question)) or len(question) > limit or claims_transfer(question):
        return None
    return question


def _told(conversation: Conversation) -> bool:
    """Whether the person has described a problem, or was asked for one already."""
    said = own_words(conversation)  # an answer like "I don't know" is none, but it is one
    told = any(map(describes_problem, said)) or (conversation.questions and said)
    return bool(told or conversation.own_summary)


def _select(ctx: Context, conversation: Conversation, decision: SelectQueue) -> SelectQueue:
    if ctx.view.get(decision.queue_id) is None:
        raise Refused(line("refused", "unknown_queue", queue_id=quoted(decision.queue_id, 60)))
    if not _told(conversation):
        raise Refused(line("refused", "no_problem"))
    words = own_words(conversation)
    said = one_line(" ".join(words), ctx.limits.summary_chars)
    summary = _told_by_model(ctx, conversation, decision.summary) or said
    second = _told_by_model(ctx, conversation, decision.second_issue)
    queue = ctx.view.by_id[decision.queue_id]
    reason = one_line(inert(decision.reason[: _CUT * ctx.limits.reason_chars]), ctx.limits.reason_chars)
    meant = content_words(reason)
    grounded = set(content_words(" ".join([*words, *shared_words(queue, reason)]))).intersection(meant)
    return SelectQueue(
        queue_id=decision.queue_id,
        summary=summary,
        # A reason in other words than the queue's and the person's is none; the state gives one instead.
        reason=reason
        if meant and 2 * len(grounded) >= len(set(meant)) and not claims_transfer(reason)
        else _reason(ctx, queue, said),
        second_issue="" if second.casefold() == summary.casefold() else second,
        second_queue_id=decision.second_queue_id if ctx.view.get(decision.second_queue_id) else "",
    )


def _reason(ctx: Context, queue: Queue, said: str) -> str:
    return reason_for(ctx, queue, said) or ctx.locale("fits_best")


def _told_by_model(ctx: Context, conversation: Conversation, text: str) -> str:
    """A model's account of a problem, made safe; empty where it claims what was not done."""
    allowed = " ".join(m.text for m in conversation.messages if m.role == "user")
    limit = ctx.limits.summary_chars
    told = one_line(inert(text[: _CUT * limit], allowed), limit).translate(_QUOTES)
    return "" if claims_transfer(told) else told
