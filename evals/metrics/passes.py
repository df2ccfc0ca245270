"""pass^k: how likely it is that k trials of a case all go well. Unknown, not 0, where there are fewer trials."""

from collections import Counter
from math import comb, fsum

from evals.metrics.interval import Metric, proportion

MOST = 10
"""The largest k."""


class Passes:
    """Collects the trials of each case, which come one after the other."""

    def __init__(self, trials: int) -> None:
        self._ks = range(1, max(2, min(trials, MOST)) + 1)
        self._cases: Counter[tuple[int, int]] = Counter()
        self._id: str | None = None
        self._n = self._passed = 0

    def add(self, id_: str, correct: bool | None) -> None:  # noqa: FBT001 - it is what is counted
        """One trial of the case `id_`; None where it says nothing."""
        if id_ != self._id:
            self._close()
            self._id = id_
        if correct is not None:
            self._n += 1
            self._passed += correct

    def _close(self) -> None:
        self._cases[self._n, self._passed] += 1
        self._n = self._passed = 0

    def metrics(self) -> dict[str, Metric]:
        """``pass^1``, ``pass^2`` … by name."""
        self._close()
        found = {}
        for k in self._ks:
            enough = {case: count for case, count in sorted(self._cases.items()) if case[0] >= k}
            cases = sum(enough.values())
            # The unbiased estimate: of all choices of k trials, those that went well.
            sure = fsum(count * comb(passed, k) / comb(n, k) for (n, passed), count in enough.items())
            found[f"pass^{k}"] = proportion(sure / cases if cases else None, cases)
        return found
