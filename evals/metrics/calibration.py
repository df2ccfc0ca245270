"""Whether a confidence means what it says: of what it calls 80 % sure, 80 % should be right."""

from bisect import insort

from agent.records.base import Record
from evals.metrics.interval import Metric, proportion, rounded
from evals.metrics.rate import Rate

BINS = 10
_COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.5, 0.3)


class Bin(Record):
    """Proposals of about the same confidence: its mean, and how many of them were right."""

    confidence: float
    accuracy: Metric


class Coverage(Record):
    """Accuracy among the `share` of proposals with the highest confidence, which begins at `from_confidence`."""

    share: float
    from_confidence: float
    accuracy: Metric


class Calibration(Record):
    """`error` is the expected calibration error: how far confidence and accuracy are apart, on average."""

    error: float
    bins: tuple[Bin, ...]
    coverage: tuple[Coverage, ...]


class Confidences:
    """Collects confidences; a number and a bit for each proposal, rounded to thousandths."""

    def __init__(self) -> None:
        self._counts: dict[int, list[int]] = {}  # thousandths: [wrong, right]
        self._order: list[int] = []
        self._all = Rate()

    def add(self, id_: str, confidence: float | None, right: bool | None) -> None:  # noqa: FBT001 - is counted
        """One first proposal of the case `id_`."""
        if confidence is None or right is None:
            return
        self._all.add(id_, right)
        level = round(min(1.0, max(0.0, confidence)) * 1000)
        if level not in self._counts:
            self._counts[level] = [0, 0]
            insort(self._order, level)
        self._counts[level][right] += 1

    def calibration(self) -> Calibration | None:
        """None where the model gives no confidence."""
        if not self._order:
            return None
        bins = []
        apart = 0.0
        everything = self._among(self._order)[1]
        for number in range(BINS):
            levels = [level for level in self._order if min(level * BINS // 1000, BINS - 1) == number]
            right, n = self._among(levels)
            if n:
                mean = sum(level * sum(self._counts[level]) for level in levels) / n / 1000
                bins.append(Bin(confidence=rounded(mean), accuracy=self._accuracy(right, n)))
                apart += abs(mean - right / n) * n / everything
        return Calibration(
            error=rounded(apart), bins=tuple(bins), coverage=tuple(map(self._covered, _COVERAGES))
        )

    def _covered(self, share: float) -> Coverage:
        levels: list[int] = []
        wanted = share * self._among(self._order)[1]
        for level in reversed(self._order):
            levels.append(level)
            right, n = self._among(levels)
            if n >= wanted:
                break
        return Coverage(share=share, from_confidence=levels[-1] / 1000, accuracy=self._accuracy(right, n))

    def _accuracy(self, right: int, n: int) -> Metric:
        # Trials of one case are no independent evidence: the interval counts cases, here as their share of all.
        return proportion(right / n, max(1, round(n * self._all.cases / self._all.conversations)))

    def _among(self, levels: list[int]) -> tuple[int, int]:
        right = sum(self._counts[level][1] for level in levels)
        return right, right + sum(self._counts[level][0] for level in levels)
