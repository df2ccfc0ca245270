"""A share of conversations. Trials of one case are no independent evidence: the interval counts cases."""

from typing import Literal

from evals.metrics.interval import Metric, proportion


class Rate:
    """Counts successes; results of one case come one after the other."""

    def __init__(self, better: Literal["higher", "lower"] = "higher") -> None:
        self._better = better
        self._last: str | None = None
        self.cases = 0
        self.conversations = 0
        self.successes = 0

    def add(self, id_: str, success: bool | None) -> None:  # noqa: FBT001 - it is what is counted
        """One conversation of the case `id_`; None where it says nothing about this rate."""
        if success is None:
            return
        self.cases += id_ != self._last
        self._last = id_
        self.conversations += 1
        self.successes += success

    def metric(self) -> Metric:
        """The share, with the Wilson interval over cases."""
        value = self.successes / self.conversations if self.conversations else None
        return proportion(value, self.cases, self._better)
