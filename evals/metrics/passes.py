"""pass^k: how likely it is that k trials of a case all go well. Unknown, not 0, where there are fewer trials."""

from math import comb, fsum

from evals.metrics.interval import Metric, proportion


class Passes:
    """Collects the trials of each case, which come one after the other."""

    def __init__(self, trials: int) -> None:
        self._ks = [k for k in (1, 2, 4, 8) if k == 1 or k <= max(2, trials)]
        self._estimates: dict[int, list[float]] = {k: [] for k in self._ks}
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
        for k in self._ks:
            if self._n >= k:  # the unbiased estimate: of all choices of k trials, those that went well
                self._estimates[k].append(comb(self._passed, k) / comb(self._n, k))
        self._n = self._passed = 0

    def metrics(self) -> dict[str, Metric]:
        """``pass^1``, ``pass^2`` … by name."""
        self._close()
        found = {}
        for k, estimates in self._estimates.items():
            value = fsum(estimates) / len(estimates) if estimates else None
            found[f"pass^{k}"] = proportion(value, len(estimates))
        return found
