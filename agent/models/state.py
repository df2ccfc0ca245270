"""What a model has to know of the moment: phase, proposal, candidates, what was wrong with its last answer."""

from collections.abc import Mapping

from agent.catalogue.schema import Queue
from agent.catalogue.view import View
from agent.language.clean import one_line
from agent.models.base import CANDIDATES, Briefing
from agent.models.catalogue_text import quoted
from agent.models.hints import hints_of
from prompts import line, prompt

_WORDS = 4_000  # characters of the person's own words that a search takes, the latest ones


def state_text(
    briefing: Briefing,
    found: str | None,
    shown: Mapping[str, str],
    *,
    hints: bool = False,
) -> str:
    """The state in words, empty if there is nothing to say.

    `found` has a line for each queue that a search found, None where all are listed. `shown` says what the model knows the queues' ids as. With `hints` the model is also told what the search
    makes of the person's words, as long as nothing is proposed.
    """
    notes = [*_phase_notes(briefing, shown)]
    if briefing.own_summary is not None:
        notes.append(line("state", "own_summary", summary=quoted(briefing.own_summary, 1_000)))
    if found is not None:
        notes.append(_found(found))
    if hints and not briefing.proposal:
        notes += hints_of(briefing, said_in(briefing), shown)
    if briefing.correction:
        notes.append(line("state", "correction", correction=one_line(briefing.correction, 500)))
    return "\n".join([line("state", "head"), *notes]) if notes else ""


def candidates_of(briefing: Briefing) -> tuple[Queue, ...]:
    """The queues that the model may choose from where the catalogue is too large to list, best first.

    Those that the conversation is about already stay among them.
    """
    view = briefing.view
    found = briefing.candidates or tuple(hit.queue for hit in view.search(said_in(briefing), CANDIDATES))
    known = [*briefing.asked_between, briefing.proposal.queue_id if briefing.proposal else None]
    ids = dict.fromkeys([*known, *(queue.id for queue in found)])
    return tuple(queue for queue in map(view.get, ids) if queue)


def said_in(briefing: Briefing) -> str:
    """The person's own words about the present issue, the latest where they are many."""
    said = (
        m.text
        for m in briefing.messages[briefing.since :]
        if m.role == "user" and m.action in (None, "summary")
    )
    return "\n".join([*said, briefing.own_summary or ""])[-_WORDS:]


def _phase_notes(briefing: Briefing, shown: Mapping[str, str]) -> list[str]:
    notes = []
    view = briefing.view
    between = [_name(view, id_, shown) for id_ in briefing.asked_between if view.get(id_)]
    if between:
        notes.append(line("state", "between", queues="; ".join(between)))
    if briefing.questions_left <= 0:
        notes.append(line("state", "no_questions"))
    if briefing.phase == "proposed" and briefing.proposal:
        proposal = briefing.proposal
        summary = quoted(proposal.summary, 1_000)
        notes.append(line("state", "proposed", queue=_name(view, proposal.wanted, shown), summary=summary))
    if briefing.handed_off is not None:
        if view.get(briefing.handed_off):
            notes.append(line("state", "handed_off", queue=_name(view, briefing.handed_off, shown)))
        else:
            notes.append(line("state", "handed_off_unnamed"))
    return notes


def _name(view: View, id_: str, shown: Mapping[str, str]) -> str:
    queue = view.get(id_)
    if queue is None:  # meanwhile taken away, or hidden from this person
        return line("state", "unknown_queue")
    return line("state", "queue", name=quoted(queue.name, 100), id=quoted(shown[id_]))


def _found(queues: str) -> str:
    if not queues:
        return line("state", "no_candidates")
    return line("state", "candidates") + "\n" + prompt("candidates", queues=queues)
