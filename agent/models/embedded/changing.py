"""Something is proposed, and the person says more: an addition, or another queue."""

import re
from collections.abc import Sequence

from agent.language.clean import one_line
from agent.language.locale import Locale, locales, words_of
from agent.language.understand import content_words, without_opening
from agent.models.base import Briefing
from agent.models.embedded.said import SUMMARY_CHARS, everything, opens_with, select
from agent.records.decision import Ask, Decision, SelectQueue
from agent.records.reply import Proposal
from agent.retrieval.confidence import FITS

SWITCH = 1.3
"""A correction has to fit another queue this much better than the proposed one."""
BEGINNING = 6
"""Words in which somebody takes something back."""
_CLAUSES = re.compile(r"[.,;!?]\s+")


def corrected(briefing: Briefing, proposal: Proposal, new: Sequence[str], locale: Locale) -> Decision:
    """Another queue if the new words fit it clearly better than what is proposed, else an addition to the summary."""
    told = " ".join(filter(None, map(without_opening, new)))
    denies, adds = opens_with("no", new) or _denies(new), opens_with("yes", new)
    meant = _without_denied(briefing, told, proposal.wanted) if denies else told
    hits = everything(briefing.view, [meant], locale.language)
    present = next((hit.score for hit in hits if hit.queue.id == proposal.wanted), 0.0)
    joined = ". ".join(filter(None, [proposal.summary.rstrip(". "), told]))
    if hits and hits[0].score >= max(FITS, present if denies else SWITCH * present) and not adds:
        if denies and hits[0].queue.id != proposal.wanted:
            return select(hits[0], [told], locale)
        # Without a no it is one problem: the other queue has to fit all of it.
        whole = briefing.view.search(joined, 1, language=locale.language)
        if whole and whole[0].queue is hits[0].queue:
            return select(hits[0], [joined], locale)
    if denies and not content_words(told):
        return Ask(question=locale("ask_changed", queue=proposal.queue))
    return SelectQueue(
        queue_id=proposal.wanted, summary=one_line(joined, SUMMARY_CHARS), reason=proposal.reason
    )


def _denies(new: Sequence[str]) -> bool:
    """Whether what is said begins by taking something back: "leave that", "it's not …", "wait, …"."""
    return any(not _denying().isdisjoint(words_of(text)[:BEGINNING]) for text in new)


def _denying() -> frozenset[str]:
    return frozenset().union(*(locale.denying for locale in locales().values()))


def _without_denied(briefing: Briefing, text: str, wanted: str) -> str:
    """`text` without the clauses that only say what it is not: those that deny, and speak of the proposed queue."""
    kept = []
    for clause in _CLAUSES.split(text):
        best = briefing.view.search(clause, 1)
        if _denying().isdisjoint(words_of(clause)) or not best or best[0].queue.id != wanted:
            kept.append(clause)
    return ". ".join(kept) if any(map(content_words, kept)) else text
