"""A diagnosis in lines for the terminal, each with its style."""

from collections.abc import Iterator, Mapping, Sequence

from agent.catalogue.schema import Catalogue
from agent.language.clean import one_line
from evals.doctor.confusions import FEWEST, Confusion
from evals.doctor.diagnosis import ENOUGH, FOLDS, Change, Diagnosis, Effect
from evals.report.words import bounds, share

_PAIRS, _CASES, _TEXT = 5, 5, 100  # shown: pairs, cases of a pair, characters of a case

Line = tuple[str, str]


def lines(diagnosis: Diagnosis, catalogue: Catalogue) -> Iterator[Line]:
    """The diagnosis for people."""
    names = {queue.id: queue.name for queue in catalogue.queues}
    accuracy = diagnosis.accuracy
    if not accuracy.n:
        yield "No case says which queue is right, so there is nothing to judge.", "yellow"
        return
    yield (
        f"Routing by all that a person tells: {share(accuracy)} right ({bounds(accuracy)}, n = {accuracy.n:,})",
        "bold",
    )
    if diagnosis.left_out:
        yield f"{_cases(diagnosis.left_out)} left out: no right queue, or nothing told", ""
    if not diagnosis.confusions:
        yield "Nothing is confused.", "green"
        return
    yield "", ""
    yield from _confused(diagnosis.confusions, names)
    yield "", ""
    if not diagnosis.changes:
        yield f"No proposal: {_why_none(diagnosis.confusions)}.", ""
        return
    yield "Proposals, judged by cases that they were not made from", "bold"
    for change in diagnosis.changes:
        yield from _proposed(change, catalogue)
    yield "", ""
    yield from _brought(diagnosis)


def _confused(found: Sequence[Confusion], names: Mapping[str, str]) -> Iterator[Line]:
    for pair in found[:_PAIRS]:
        what = f"{names[pair.went]} gets what belongs to {names[pair.belongs]}: {_cases(len(pair.cases))}"
        yield what, "yellow"
        for case in pair.cases[:_CASES]:
            yield f"  {case.id}: {one_line(case.text, _TEXT)}", ""
        if len(pair.cases) > _CASES:
            yield f"  … and {_cases(len(pair.cases) - _CASES)} more", ""
    rest = found[_PAIRS:]
    if rest:
        yield f"… and {len(rest):,} more pairs with {_cases(sum(len(p.cases) for p in rest))}", ""


def _why_none(found: Sequence[Confusion]) -> str:
    if len(found[0].cases) < FEWEST:
        return "no two cases are confused in the same way"
    return "nothing was found that tells the confused cases from those of other queues"


def _proposed(change: Change, catalogue: Catalogue) -> Iterator[Line]:
    queue = catalogue.by_id[change.queue]
    added = change.description.removeprefix(queue.description).lstrip(". ")
    verb = "add" if change.description.startswith(queue.description) else "rewrite as"
    yield f"  {queue.name}: {verb} “{added}”", ""
    effect = change.effect
    if effect is None:
        yield "    what it would bring cannot be known: there are too few cases", "dim"
    elif change.helps:
        yield f"    helps: {_told(effect)}", "green"
    else:
        yield f"    does not help: {_told(effect)}", "dim"


def _brought(diagnosis: Diagnosis) -> Iterator[Line]:
    effect, after = diagnosis.effect, diagnosis.after
    if effect is None or after is None:
        yield (
            f"What they would bring cannot be known from {_cases(diagnosis.accuracy.n)}: it takes {ENOUGH} at least.",
            "yellow",
        )
        return
    if not diagnosis.descriptions:
        return
    yield (
        f"Those that help, together: {share(diagnosis.accuracy)} → {share(after)} right ({bounds(after)})",
        "bold",
    )
    chance = (
        ""
        if diagnosis.p is None
        else f"; exact McNemar p = {diagnosis.p:.2g}"
        + ("" if diagnosis.p < 0.05 else ", which may be chance")
    )
    yield f"  {_told(effect)}{chance}", ""
    how = f"  {FOLDS}-fold cross-validation: each case is judged by descriptions made from the other folds"
    yield f"{how}, with the changes that helped there.", "dim"


def _told(effect: Effect) -> str:
    return "; ".join(_listed(ids, word) for ids, word in ((effect.won, "won"), (effect.lost, "lost")))


def _listed(ids: Sequence[str], word: str) -> str:
    shown = f" ({', '.join(ids[:_CASES])}{', …' if len(ids) > _CASES else ''})" if ids else ""
    return f"{_cases(len(ids))} {word}{shown}"


def _cases(number: int) -> str:
    return f"{number:,} case{'' if number == 1 else 's'}"
