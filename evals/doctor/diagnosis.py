"""From cases to changes of the catalogue, and what these would bring.

Words that are taken from cases flatter themselves on the same cases. So the cases are dealt into folds by a hash of
their ids; a fold is judged only with descriptions that were made from the other folds, and a change counts as one
that helps only by what it does to such cases. What all changes bring together is measured so that for each fold
those changes are made that helped on the others.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from agent.catalogue.schema import Catalogue
from agent.records.base import Record
from agent.retrieval.vectors import STATIC, Meaning
from evals.case import Case
from evals.comparison import mcnemar
from evals.doctor.confusions import Confusion, Evidence, confusions, evidence
from evals.doctor.routing import Routed, described, route, told_in
from evals.growing.lint import LEAST
from evals.metrics.interval import Metric, proportion

FOLDS = 5
ENOUGH = FOLDS * LEAST
"""Cases from which on anything is said about what changes would bring."""
_AT_ONCE = 4  # descriptions that are being written

Writer = Callable[[Evidence], Awaitable[str | None]]
"""Makes a better description; None where it knows none."""

Watch = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is over, and how much there is."""


class Effect(Record):
    """The ids of the cases that a change wins and loses, all of them cases that it was not made from."""

    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def gain(self) -> int:
        """Cases more that go right."""
        return len(self.won) - len(self.lost)


class Change(Record):
    """A proposed description, and its effect; None: there are too few cases to know."""

    queue: str
    description: str
    effect: Effect | None

    @property
    def helps(self) -> bool:
        """Whether it is known to win more than it loses."""
        return self.effect is not None and self.effect.gain > 0


class Diagnosis(Record):
    """What was found. `left_out` counts the cases that say nothing about routing.

    `effect`, `after` and `p` (exact McNemar) are those of the changes that help, all together.
    """

    accuracy: Metric
    left_out: int
    confusions: tuple[Confusion, ...]
    changes: tuple[Change, ...]
    effect: Effect | None
    after: Metric | None
    p: float | None

    @property
    def descriptions(self) -> dict[str, str]:
        """Those that help, by the queues' ids."""
        return {change.queue: change.description for change in self.changes if change.helps}


async def diagnose(
    catalogue: Catalogue,
    cases: Iterable[Case],
    write: Writer,
    watch: Watch = lambda *_: None,
    *,
    meaning: Meaning = STATIC,
) -> Diagnosis:
    """Route the cases, find what is confused, and try what `write` proposes.

    `cases` are of this catalogue, `meaning` is what the search compares by.
    """
    cases = list(cases)
    routed = route(catalogue, [told for case in cases if (told := told_in(case))], meaning)
    folds = _dealt(routed) if len(routed) >= ENOUGH else []
    others = [[one for other in folds if other is not fold for one in other] for fold in folds]
    known = [[found for found in evidence(catalogue, part) if len(found.own) >= LEAST] for part in others]
    *drafts, final = await _drafts([*known, evidence(catalogue, routed)], write, watch)
    trials = _tried(catalogue, drafts, folds, meaning, watch)
    effect = _together(catalogue, drafts, folds, meaning, trials) if folds else None
    right, n = sum(one.is_right for one in routed), len(routed)
    return Diagnosis(
        accuracy=proportion(right / n if n else None, n),
        left_out=len(cases) - n,
        confusions=tuple(confusions(routed)),
        changes=tuple(
            Change(queue=id_, description=text, effect=_sum([trial[id_] for trial in trials if id_ in trial]))
            for id_, text in final.items()
        ),
        effect=effect,
        after=proportion((right + effect.gain) / n, n) if effect else None,
        p=mcnemar(len(effect.won), len(effect.lost)) if effect else None,
    )


def _dealt(routed: Iterable[Routed]) -> list[list[Routed]]:
    folds: list[list[Routed]] = [[] for _ in range(FOLDS)]
    for one in routed:
        digest = hashlib.sha256(one.told.id.encode("utf-8", "surrogatepass")).digest()
        folds[int.from_bytes(digest[:8]) % FOLDS].append(one)
    return folds


async def _drafts(parts: Sequence[Sequence[Evidence]], write: Writer, watch: Watch) -> list[dict[str, str]]:
    """For each part of the cases the descriptions that are made from it, by the queues' ids."""
    jobs = [(number, found) for number, part in enumerate(parts) for found in part]
    free, done = asyncio.Semaphore(_AT_ONCE), 0

    async def draft(found: Evidence) -> str | None:
        nonlocal done
        async with free:
            text = await write(found)
        done += 1
        watch("Writing descriptions", done, len(jobs))
        return text

    texts = await asyncio.gather(*(draft(found) for _, found in jobs))
    drafts: list[dict[str, str]] = [{} for _ in parts]
    for (number, found), text in zip(jobs, texts, strict=True):
        if text is not None and text != found.queue.description:
            drafts[number][found.queue.id] = text
    return drafts


def _tried(
    catalogue: Catalogue,
    drafts: Sequence[Mapping[str, str]],
    folds: Sequence[Sequence[Routed]],
    meaning: Meaning,
    watch: Watch,
) -> list[dict[str, Effect]]:
    """For each fold what every change does to it, alone."""
    trials: list[dict[str, Effect]] = []
    done, total = 0, sum(map(len, drafts))
    for draft, fold in zip(drafts, folds, strict=True):
        trials.append({})
        for id_, text in draft.items():
            trials[-1][id_] = _effect(catalogue, {id_: text}, fold, meaning)
            done += 1
            watch("Trying them", done, total)
    return trials


def _together(
    catalogue: Catalogue,
    drafts: Sequence[Mapping[str, str]],
    folds: Sequence[Sequence[Routed]],
    meaning: Meaning,
    trials: Sequence[Mapping[str, Effect]],
) -> Effect:
    """What the changes do together, for each fold those that help on the other folds."""
    effects = []
    for draft, fold, own in zip(drafts, folds, trials, strict=True):
        others = [trial for trial in trials if trial is not own]
        helping = {
            id_: text
            for id_, text in draft.items()
            if sum(trial[id_].gain for trial in others if id_ in trial) > 0
        }
        effects.append(_effect(catalogue, helping, fold, meaning))
    return _sum(effects) or Effect()


def _effect(
    catalogue: Catalogue, descriptions: Mapping[str, str], before: Sequence[Routed], meaning: Meaning
) -> Effect:
    if not descriptions:
        return Effect()
    after = route(described(catalogue, descriptions), [one.told for one in before], meaning)
    pairs = [(old.told.id, old.is_right, new.is_right) for old, new in zip(before, after, strict=True)]
    return Effect(
        won=tuple(id_ for id_, old, new in pairs if new > old),
        lost=tuple(id_ for id_, old, new in pairs if new < old),
    )


def _sum(effects: Sequence[Effect]) -> Effect | None:
    if not effects:
        return None
    return Effect(
        won=tuple(id_ for effect in effects for id_ in effect.won),
        lost=tuple(id_ for effect in effects for id_ in effect.lost),
    )
