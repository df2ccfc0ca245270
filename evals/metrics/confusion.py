"""Which queue was proposed where which one was right: precision, recall, F1, macro-F1, the top confusions."""

import math
from collections import Counter
from collections.abc import Iterable

from agent.records.base import Record
from evals.metrics.interval import Metric, proportion, rounded
from evals.metrics.rate import Rate

NONE = "(none)"
"""The column of no proposal, and the row of what is not for live agents."""
_EXAMPLES = 5


class Confusion(Record):
    """A wrong proposal: how often, and in which cases (some of them)."""

    expected: str
    proposed: str
    count: int
    cases: tuple[str, ...]


class Matrix(Record):
    """All proposals: `counts[expected][proposed]` by the place of the queue in `labels`."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class Quality(Record):
    """How good the proposals of a queue are, and how many that belong there were found."""

    precision: Metric
    recall: Metric
    f1: Metric


class Confusions:
    """The matrix as it fills. A case for which several queues are right counts for the one that was proposed."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._cases: dict[tuple[str, str], dict[str, None]] = {}
        self._all = Rate()
        self._recall: dict[str, Rate] = {}
        self._precision: dict[str, Rate] = {}

    def add(self, id_: str, expected: tuple[str, ...], proposed: str | None) -> None:
        """One first proposal; nothing expected means that none is right."""
        found = proposed or NONE
        right = found if found in expected else next(iter(expected), NONE)
        self._counts[right, found] += 1
        self._all.add(id_, right == found)
        self._recall.setdefault(right, Rate()).add(id_, right == found)
        self._precision.setdefault(found, Rate()).add(id_, right == found)
        if right != found:
            cases = self._cases.setdefault((right, found), {})
            if len(cases) < _EXAMPLES:
                cases[id_] = None

    def matrix(self, order: Iterable[str] = ()) -> Matrix:
        """Everything, in the `order` of the queues, and of their ids."""
        seen = {label for pair in self._counts for label in pair} - {NONE}
        labels = (*dict.fromkeys([label for label in order if label in seen] + sorted(seen)), NONE)
        return Matrix(labels=labels, counts=tuple(tuple(self._counts[a, b] for b in labels) for a in labels))

    def top(self, limit: int = 10) -> tuple[Confusion, ...]:
        """The most frequent wrong proposals."""
        wrong = sorted((-count, pair) for pair, count in self._counts.items() if pair[0] != pair[1])
        return tuple(
            Confusion(expected=pair[0], proposed=pair[1], count=-count, cases=tuple(self._cases[pair]))
            for count, pair in wrong[:limit]
        )

    def queues(self) -> dict[str, Quality]:
        """Every queue that was expected or proposed, by its id."""
        found = {}
        for label in self.matrix().labels[:-1]:
            hit, expected, proposed = self._of(label)
            recall, precision = (rates.get(label, Rate()) for rates in (self._recall, self._precision))
            found[label] = Quality(
                precision=precision.metric(),
                recall=recall.metric(),
                f1=Metric(value=rounded(2 * hit / (expected + proposed)), n=recall.cases),
            )
        return found

    def macro_f1(self) -> Metric:
        """The mean F1 of the queues that were expected, with the interval of the delta method.

        The variance is that of Takahashi et al., "Confidence interval for micro-averaged F1 and macro-averaged F1
        scores", 2022: proposals as one multinomial sample, the mean of the F1 linearised in its cells. The trials
        of a case are one piece of evidence.
        """
        labels = [label for label in self.matrix().labels[:-1] if self._of(label)[1]]
        n = sum(self._counts.values())
        if not labels:
            return Metric(value=None)
        slopes: Counter[tuple[str, str]] = Counter()
        total = 0.0
        for label in labels:
            hit, expected, proposed = self._of(label)
            both = expected + proposed
            total += 2 * hit / both
            for pair in self._counts:
                inside = (pair[0] == label) + (pair[1] == label)
                if inside:  # the derivative of 2 hit / (expected + proposed), each as a share of n
                    own = 2 * n * both if inside == 2 else 0
                    slopes[pair] += (own - 2 * n * hit * inside) / both**2  # type: ignore[assignment]
        value = total / len(labels)
        # The mean slope is 0: an F1 is the same for twice as many proposals.
        variance = math.fsum(c / n * slopes[pair] ** 2 for pair, c in sorted(self._counts.items()))
        variance /= self._all.cases * len(labels) ** 2
        # As a Wilson interval of as many cases as would make a proportion vary so much, and of no more than there
        # are: the delta method knows no doubt at 0 and 1, and too little of it where cases are few.
        alike = value * (1 - value) / variance if variance else math.inf
        return proportion(value, self._all.cases, alike=alike)

    def _of(self, label: str) -> tuple[int, int, int]:
        hit = self._counts[label, label]
        expected = sum(count for (right, _), count in self._counts.items() if right == label)
        proposed = sum(count for (_, found), count in self._counts.items() if found == label)
        return hit, expected, proposed
