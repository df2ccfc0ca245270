"""What a model has to know of the moment: phase, proposal, candidates, what was wrong with its last answer."""

from collections.abc import Sequence

from agent.catalogue.schema import Queue
from agent.catalogue.view import View
from agent.language.clean import one_line
from agent.models.base import CANDIDATES, Briefing
from agent.models.catalogue_text import queue_lines, quoted
from prompts import line, prompt

_WORDS = 4_000  # characters of the person's own words that a search takes, the latest ones


def state_text(briefing: Briefing, candidates: Sequence[Queue] | None) -> str:
    """The state in words, empty if there is nothing to say; `candidates` is None where all queues are listed."""
    notes = [*_phase_notes(briefing)]
    if briefing.own_summary is not None:
        notes.append(line("state", "own_summary", summary=quoted(briefing.own_summary, 1_000)))
    if candidates is not None:
        notes.append(_found(candidates))
    if briefing.correction:
        notes.append(line("state", "correction", correction=one_line(briefing.correction, 500)))
    return "\n".join([line("state", "head"), *notes]) if notes else ""


def candidates_of(briefing: Briefing) -> tuple[Queue, ...]:
    """The queues that the model may choose from where the catalogue is too large to list, best first.

    Those that the conversation is about already stay among them.
    """
    view = briefing.view
    found = briefing.candidates or tuple(hit.queue for hit in view.search(_words(briefing), CANDIDATES))
    known = [*briefing.asked_between, briefing.proposal.queue_id if briefing.proposal else None]
    ids = dict.fromkeys([*known, *(queue.id for queue in found)])
    return tuple(queue for queue in map(view.get, ids) if queue)


def _words(briefing: Briefing) -> str:
    said = (
        m.text
        for m in briefing.messages[briefing.since :]
        if m.role == "user" and m.action in (None, "summary")
    )
    return "\n".join([*said, briefing.own_summary or ""])[-_WORDS:]


def _phase_notes(briefing: Briefing) -> list[str]:
    notes = []
    view = briefing.view
    between = [_name(view, id_) for id_ in briefing.asked_between if view.get(id_)]
    if between:
        notes.append(line("state", "between", queues="; ".join(between)))
    if briefing.questions_left <= 0:
        notes.append(line("state", "no_questions"))
    if briefing.phase == "proposed" and briefing.proposal:
        proposal = briefing.proposal
        summary = quoted(proposal.summary, 1_000)
        notes.append(line("state", "proposed", queue=_name(view, proposal.wanted), summary=summary))
    if briefing.handed_off is not None:
        if view.get(briefing.handed_off):
            notes.append(line("state", "handed_off", queue=_name(view, briefing.handed_off)))
        else:
            notes.append(line("state", "handed_off_unnamed"))
    return notes


def _name(view: View, id_: str) -> str:
    queue = view.get(id_)
    if queue is None:  # meanwhile taken away, or hidden from this person
        return line("state", "unknown_queue")
    return line("state", "queue", name=quoted(queue.name, 100), id=quoted(queue.id))


def _found(candidates: Sequence[Queue]) -> str:
    if not candidates:
        return line("state", "no_candidates")
    return line("state", "candidates") + "\n" + prompt("candidates", queues=queue_lines(candidates))
