"""The model without a model: retrieval over the queues' own words, and a small policy. No LLM, no network.

It goes through the same loop and the same checks as any other model. Questions are fixed texts of the
person's language; summaries are the person's own words.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from agent.catalogue.view import Hit, shared_words
from agent.language.clean import one_line
from agent.language.locale import Intent, Locale, folded, locale_for, locales, words_of
from agent.language.understand import (
    content_words,
    describes_problem,
    greets,
    ordinal_in,
    without_opening,
)
from agent.models.base import Answer, Briefing
from agent.records.conversation import Message
from agent.records.decision import Ask, Decision, SelectQueue
from agent.retrieval.confidence import FITS, confidence

SURE = 0.5
"""The confidence from which it stops asking."""
OWN = 0.25
"""The score from which a part of what was said is a problem of its own."""
CLOSE = 0.85
"""A second queue with at least this share of the best one's score is as likely."""
SWITCH = 1.3
"""A correction has to fit another queue this much better than the proposed one."""
BEGINNING = 6
"""Words in which somebody takes something back."""
SUMMARY_CHARS = 1_000
_CLAUSES = re.compile(r"[.,;!?]\s+")


class EmbeddedModel:
    """Implements `ChatModel` by search; deterministic, and never fails."""

    name = "embedded"

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        """One decision, at once."""
        decision = _decide(briefing)
        if started:
            started(decision.kind)
        sure = _confidence(briefing) if decision.kind == "select_queue" else None
        return Answer(decision=decision, confidence=sure)

    async def close(self) -> None:
        """Nothing is held."""


def _decide(briefing: Briefing) -> Decision:
    locale = locale_for(briefing.language)
    earlier, new = _said(briefing.messages[briefing.since :])
    last = briefing.messages[-1] if briefing.messages else None
    if briefing.own_summary is not None and last and last.role == "user" and last.action == "summary":
        return _best(briefing, [briefing.own_summary], locale)
    if briefing.proposal:
        return _corrected(briefing, new, locale)
    if not any(describes_problem(text) for text in [*earlier, *new]):
        again = _last_text(briefing.messages) in (locale("ask_issue"), locale("ask_hello"))
        key = "ask_more" if again else "ask_hello" if all(map(greets, new)) else "ask_issue"
        return Ask(question=locale(key))
    if len(briefing.asked_between) > 1:
        return _answered(briefing, earlier, new, locale)
    two = _two_problems(briefing, new)
    return two or _best(briefing, [*earlier, *new], locale)


def _said(messages: Sequence[Message]) -> tuple[list[str], list[str]]:
    """What the person said about the present issue: before the last reply, and since."""
    earlier: list[str] = []
    new: list[str] = []
    for message in messages:
        if message.role == "user":
            if message.action is None:
                new.append(message.text)
        elif not message.aside:
            earlier, new = earlier + new, []
    return earlier, new


def _last_text(messages: Sequence[Message]) -> str:
    return next((m.reply.text for m in reversed(messages) if m.role == "assistant" and not m.aside), "")


def _best(briefing: Briefing, said: Sequence[str], locale: Locale) -> Decision:
    """The queue that fits; a question where none does, or where two fit alike."""
    told = [text for text in said if describes_problem(text)]
    text = " ".join(told)
    hits = briefing.view.search(text, 3, language=locale.language)
    sure = confidence([hit.score for hit in hits], len(set(content_words(text)))) >= SURE
    if hits and (sure or not briefing.questions_left):
        return _select(hits[0], _summary(told), locale)
    asked = _last_text(briefing.messages)
    again = asked in (locale("ask_more"), locale("ask_issue"))
    close = [hit.queue for hit in hits[:2] if hit.score >= FITS and hit.score >= CLOSE * hits[0].score]
    # Not sure after an open question: the two best are named, far apart or not.
    if len(close) > 1 or (again and len(hits) > 1):
        rivals = close if len(close) > 1 else [hit.queue for hit in hits[:2]]
        names = [queue.name for queue in rivals]
        return Ask(
            question=locale("ask_between", first=names[0], second=names[1]),
            suggestions=tuple(names),
            between=tuple(queue.id for queue in rivals),
        )
    return Ask(question=locale("ask_more"))


def _confidence(briefing: Briefing) -> float:
    """How sure the search is of what the person has said so far."""
    earlier, new = _said(briefing.messages[briefing.since :])
    text = " ".join(text for text in [*earlier, *new] if describes_problem(text))
    scores = [hit.score for hit in briefing.view.search(text, 2)]
    return confidence(scores, len(set(content_words(text))))


def _answered(briefing: Briefing, earlier: list[str], new: list[str], locale: Locale) -> Decision:
    """The person answers the question which of two it is."""
    hits = briefing.view.search(" ".join(new), len(briefing.view.queues))
    among = [hit for hit in hits if hit.queue.id in briefing.asked_between]
    told = [text for text in [*earlier, *new] if describes_problem(text)]
    place = ordinal_in(" ".join(new))
    if place is not None and not set(content_words(" ".join(new))) - _ordinals():
        queue = briefing.view.get(briefing.asked_between[place])
        if queue:
            return _select(Hit(queue, 1.0), _summary(told), locale)
    named = [hit for hit in among if folded(hit.queue.name) in folded(" ".join(new))]
    if named or (among and among[0] is hits[0] and among[0].score >= FITS):
        answer = (named or among)[0]
        # A bare "Database Support" chooses, but tells the agent nothing.
        told = [text for text in told if folded(text) != folded(answer.queue.name)] or told
        return _select(answer, _summary(told), locale)
    if hits and hits[0].score >= FITS:
        return _best(briefing, [*earlier, *new], locale)
    # The answer did not tell; the words before it may still have been sure of the two.
    known = briefing.view.search(" ".join(told), len(briefing.view.queues), language=locale.language)
    first = next((hit for hit in known if hit.queue.id in briefing.asked_between), None)
    if first and first.score >= FITS:
        return _select(first, _summary(told), locale)
    return Ask(question=locale("ask_issue"))


def _corrected(briefing: Briefing, new: Sequence[str], locale: Locale) -> Decision:
    """Something is proposed: another queue if the new words fit it clearly better, else an addition."""
    proposal = briefing.proposal
    if proposal is None:
        raise ValueError("nothing is proposed")
    told = " ".join(filter(None, map(without_opening, new)))
    denies, adds = _opens_with("no", new) or _denies(new), _opens_with("yes", new)
    meant = _without_denied(briefing, told, proposal.wanted) if denies else told
    hits = briefing.view.search(meant, len(briefing.view.queues), language=locale.language)
    present = next((hit.score for hit in hits if hit.queue.id == proposal.wanted), 0.0)
    joined = ". ".join(filter(None, [proposal.summary.rstrip(". "), told]))
    if hits and hits[0].score >= max(FITS, present if denies else SWITCH * present) and not adds:
        if denies and hits[0].queue.id != proposal.wanted:
            return _select(hits[0], one_line(told, SUMMARY_CHARS), locale)
        # Without a no it is one problem: the other queue has to fit all of it.
        whole = briefing.view.search(joined, 1, language=locale.language)
        if whole and whole[0].queue is hits[0].queue:
            return _select(hits[0], one_line(joined, SUMMARY_CHARS), locale)
    if denies and not content_words(told):
        return Ask(question=locale("ask_changed", queue=proposal.queue))
    return SelectQueue(
        queue_id=proposal.wanted, summary=one_line(joined, SUMMARY_CHARS), reason=proposal.reason
    )


def _two_problems(briefing: Briefing, new: Sequence[str]) -> SelectQueue | None:
    """Two parts of what was said that clearly fit two different queues."""
    found: list[tuple[Hit, str]] = []
    for part in _parts(" . ".join(new)):
        hits = briefing.view.search(part, 2)
        clear = hits and hits[0].score >= OWN and (len(hits) == 1 or hits[1].score < CLOSE * hits[0].score)
        if clear and hits[0].queue.id not in [hit.queue.id for hit, _ in found]:
            found.append((hits[0], part))
    if len(found) != 2:
        return None
    (first, one), (second, two) = found
    return SelectQueue(
        queue_id=first.queue.id, summary=one, second_issue=two, second_queue_id=second.queue.id
    )


def _denies(new: Sequence[str]) -> bool:
    """Whether what is said begins by taking something back: "leave that", "it's not …", "wait, …"."""
    words = frozenset().union(*(locale.denying for locale in locales().values()))
    return any(not words.isdisjoint(words_of(text)[:BEGINNING]) for text in new)


def _without_denied(briefing: Briefing, text: str, wanted: str) -> str:
    """`text` without the clauses that only say what it is not: those that deny, and speak of the proposed queue."""
    denying = frozenset().union(*(locale.denying for locale in locales().values()))
    kept = []
    for clause in _CLAUSES.split(text):
        best = briefing.view.search(clause, 1)
        if denying.isdisjoint(words_of(clause)) or not best or best[0].queue.id != wanted:
            kept.append(clause)
    return ". ".join(kept) if any(map(content_words, kept)) else text


@cache
def _joints() -> re.Pattern[str]:
    words = sorted({word for locale in locales().values() for word in locale.joining})
    return re.compile(rf"[.;!?\n]+|\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


def _parts(text: str) -> list[str]:
    parts = (" ".join(part.split()).strip(" ,-") for part in _joints().split(text))
    return [part for part in parts if content_words(part)]


@cache
def _ordinals() -> frozenset[str]:
    return frozenset().union(*(locale.first | locale.second for locale in locales().values()))


def _opens_with(intent: Intent, new: Sequence[str]) -> bool:
    """Whether one of the new messages begins with a word that alone would be a yes, or a no."""
    first = {word for text in new for word in words_of(text)[:1]}
    return any(not first.isdisjoint(locale.phrases[intent]) for locale in locales().values())


def _summary(said: Sequence[str]) -> str:
    return one_line(" ".join(said), SUMMARY_CHARS)


def _select(hit: Hit, summary: str, locale: Locale) -> SelectQueue:
    shared = shared_words(hit.queue, summary)
    reason = locale("mentioned", words=", ".join(shared[:3])) if shared else ""
    return SelectQueue(queue_id=hit.queue.id, summary=summary, reason=reason)
