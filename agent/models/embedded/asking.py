"""Propose the queue that fits, or ask: openly where too little was said, else between the two that fit best."""

from collections.abc import Sequence
from functools import cache

from agent.catalogue.view import Hit, View
from agent.language.foreign import foreign_language
from agent.language.locale import Locale, folded, locales
from agent.language.understand import content_words, mentions_human, ordinal_in
from agent.models.base import Briefing
from agent.models.embedded.said import Said, everything, last_reply, last_said, select, telling_words
from agent.records.decision import Ask, Decision, NotForAgents
from agent.retrieval.apart import told_apart
from agent.retrieval.confidence import ENOUGH, FITS, confidence, enough

CLOSE = 0.85
"""A second queue with at least this share of the best one's score is as likely."""


def propose_or_ask(briefing: Briefing, told: Sequence[str], locale: Locale, sure: float) -> Decision:
    """The queue that fits `told`; a question where none does for sure; other help where it is nobody's here."""
    hits = briefing.view.search(" ".join(told), 3, language=locale.language)
    scores = [hit.score for hit in hits]
    clear = enough(scores, telling_words(told)) >= ENOUGH and confidence(scores) >= sure
    best = hits[0] if hits and scores[0] >= FITS else Hit(briefing.view.default, 0.0)
    foreign = foreign_language(" ".join(told))
    if last_said(briefing.messages, "not_for_agents"):  # they insist
        return select(best, told, locale)
    asked = last_said(briefing.messages, "ask_more")
    wants_human = mentions_human(" ".join(told))
    if asked and not foreign and not wants_human and _elsewhere(briefing.view, told, locale):
        return NotForAgents(reason="none of the queues is about anything like it")
    if hits and (clear or not briefing.questions_left):
        return select(hits[0], told, locale)
    if foreign and last_reply(briefing.messages) != foreign.says:
        return Ask(question=foreign.says)
    close = [hit for hit in hits[:2] if hit.score >= FITS and hit.score >= CLOSE * scores[0]]
    # Not sure after an open question: the two best are named, far apart or not.
    again = asked or last_said(briefing.messages, "ask_issue")
    rivals = close if len(close) > 1 else hits[:2] if again else []
    if len(rivals) > 1:
        return _between(rivals[0], rivals[1], told, locale)
    # An open question is asked once: the same again would not help.
    return select(best, told, locale) if asked else Ask(question=locale("ask_more"))


def _elsewhere(view: View, told: Sequence[str], locale: Locale) -> bool:
    """Whether nothing here is like `told`, nor like its first messages alone: an answer takes nothing back."""
    for end in range(len(told), 0, -1):
        hits = view.search(" ".join(told[:end]), 1, language=locale.language)
        if hits and hits[0].score >= view.index.elsewhere:
            return False
    return True


def _between(one: Hit, other: Hit, told: Sequence[str], locale: Locale) -> Ask:
    names = (one.queue.name, other.queue.name)
    words = told_apart(one.queue.description, other.queue.description, " ".join(told), locale.language)
    first, second = (f"{name} ({said})" if said else name for name, said in zip(names, words, strict=True))
    return Ask(
        question=locale("ask_between", first=first, second=second),
        suggestions=names,
        between=(one.queue.id, other.queue.id),
    )


def answered(briefing: Briefing, said: Said, locale: Locale, sure: float) -> Decision:
    """The person answers the question which of two it is."""
    answer = " ".join(said.new)
    told = said.telling
    place = ordinal_in(answer)
    if place is not None and not set(content_words(answer)) - _ordinals():
        queue = briefing.view.get(briefing.asked_between[place])
        if queue:
            return select(Hit(queue, 1.0), told, locale)
    hits = everything(briefing.view, said.new)
    among = [hit for hit in hits if hit.queue.id in briefing.asked_between]
    named = [hit for hit in among if folded(hit.queue.name) in folded(answer)]
    if named or (among and among[0] is hits[0] and among[0].score >= FITS):
        best = (named or among)[0]
        # A bare "Database Support" chooses, but tells the agent nothing.
        told = [text for text in told if folded(text) != folded(best.queue.name)] or told
        return select(best, told, locale)
    if hits and hits[0].score >= FITS:
        return propose_or_ask(briefing, told, locale, sure)
    # The answer did not tell; the words before it may still have been sure of the two.
    known = everything(briefing.view, told, locale.language)
    first = next((hit for hit in known if hit.queue.id in briefing.asked_between), None)
    return select(first, told, locale) if first and first.score >= FITS else Ask(question=locale("ask_issue"))


@cache
def _ordinals() -> frozenset[str]:
    return frozenset().union(*(locale.first | locale.second for locale in locales().values()))
