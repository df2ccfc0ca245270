"""Two runs side by side: which cases got better, which worse, and whether that can be chance."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from agent.records.base import Record
from evals.metrics.interval import Metric, rounded
from evals.result import Result
from evals.run_dir import read_results, read_summary
from evals.summary import Summary


class Change(Record):
    """A case that went better or worse: the share of its trials that were correct, and the queue first proposed."""

    id: str
    tags: tuple[str, ...]
    before: float
    after: float
    queue_before: str | None
    queue_after: str | None


class Delta(Record):
    """A metric in both runs."""

    before: Metric
    after: Metric


class Comparison(Record):
    """`p` is the exact McNemar test's, two-sided: how likely a difference like this is where there is none.

    It is made of the `paired` cases that could be scored in both runs. `changed` names what is configured
    differently; `gone` and `new` count the cases that are in one run only.
    """

    changed: tuple[str, ...]
    paired: int
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    p: float | None
    gone: int
    new: int
    metrics: dict[str, Delta]

    @property
    def verdict(self) -> str:
        """In a sentence."""
        if not self.paired:
            return "Nothing can be compared: no case could be scored in both runs."
        if self.p is None:
            return "No case went differently."
        sure = "more than chance would make" if self.p < 0.05 else "which may be chance"
        return f"{len(self.better)} better, {len(self.worse)} worse (exact McNemar p = {self.p:.3g}): {sure}."


class _Kept(NamedTuple):
    share: float | None  # None: could not be scored
    queue: str | None
    tags: tuple[str, ...]


def mcnemar(better: int, worse: int) -> float | None:
    """The two-sided exact p of so many discordant pairs; None without one."""
    n = better + worse
    if n == 0:
        return None
    term = tail = 1
    for k in range(min(better, worse)):
        term = term * (n - k) // (k + 1)  # the next binomial coefficient
        tail += term
    return min(1.0, float(2 * tail / 2**n))


def compare(before: Path, after: Path) -> Comparison:
    """Compare the runs in two folders. Raises `InputError` where one is none."""
    return compared((read_summary(before), read_results(before)), (read_summary(after), read_results(after)))


def compared(before: tuple[Summary, Iterable[Result]], after: tuple[Summary, Iterable[Result]]) -> Comparison:
    """Compare two runs by their summaries and results."""
    old, new = ({kept[0]: kept[1] for kept in _by_case(results)} for _, results in (before, after))
    better: list[Change] = []
    worse: list[Change] = []
    both = old.keys() & new.keys()
    paired = sorted(id_ for id_ in both if old[id_].share is not None and new[id_].share is not None)
    for id_ in paired:
        one, two = old[id_], new[id_]
        if one.share is not None and two.share is not None and one.share != two.share:
            change = Change(
                id=id_,
                tags=two.tags,
                before=rounded(one.share),
                after=rounded(two.share),
                queue_before=one.queue,
                queue_after=two.queue,
            )
            (better if two.share > one.share else worse).append(change)
    first, second = before[0], after[0]
    names = {**first.configuration, **second.configuration}
    shared = [name for name in second.metrics if name in first.metrics]
    return Comparison(
        changed=tuple(n for n in names if first.configuration.get(n) != second.configuration.get(n)),
        paired=len(paired),
        better=tuple(better),
        worse=tuple(worse),
        p=mcnemar(len(better), len(worse)),
        gone=len(old.keys() - new.keys()),
        new=len(new.keys() - old.keys()),
        metrics={name: Delta(before=first.metrics[name], after=second.metrics[name]) for name in shared},
    )


def _by_case(results: Iterable[Result]) -> Iterator[tuple[str, _Kept]]:
    """Each case; its trials come one after the other."""
    for id_, group in groupby(results, key=lambda result: result.id):
        trials = list(group)
        right = [result.correct for result in trials if result.correct is not None]
        share = sum(right) / len(right) if right else None
        yield id_, _Kept(share, trials[0].queue, trials[0].tags)
