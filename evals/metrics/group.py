"""All metrics of one group of conversations: of the whole run, of a slice, of a queue."""

from collections import Counter

from agent.records.base import Record
from evals import violations
from evals.metrics.confusion import Confusions
from evals.metrics.interval import Metric, Spread, spread
from evals.metrics.passes import Passes
from evals.metrics.rate import Rate
from evals.result import Result

EFFORT = ("questions", "turns", "model_calls", "prompt_tokens", "completion_tokens")


class Scores(Record):
    """What a group came to. `must_be_zero` counts what must never happen."""

    counts: dict[str, int]
    must_be_zero: dict[str, int]
    metrics: dict[str, Metric]
    effort: dict[str, Spread]


class Group:
    """Adds up results. They come in the order of the run: the trials of a case one after the other."""

    def __init__(self, trials: int) -> None:
        self._cases = Rate()
        self._scored = Rate()
        self._rates = {
            "accuracy": Rate(),
            "correct": Rate(),
            "out_of_scope_recall": Rate(),
            "out_of_scope_precision": Rate(),
            "over_asking": Rate("lower"),
            "under_asking": Rate("lower"),
            "before_asking": Rate(),
            "after_asking": Rate(),
            "got_through": Rate(),
            "degraded": Rate("lower"),
        }
        self._passes = Passes(trials)
        self._counts = Counter({"scored": 0, "degraded": 0, "user_faults": 0, "errors": 0})
        self._violations = Counter(dict.fromkeys(violations.ALL, 0))
        self._effort: dict[str, Counter[float]] = {name: Counter() for name in EFFORT}
        self.confusions = Confusions()

    def add(self, result: Result) -> None:
        """One conversation."""
        self._violations.update(result.violations)
        self._cases.add(result.id, result.error is None)
        if result.error is not None:
            self._counts["errors"] += 1
            return
        self._counts["degraded"] += result.degraded
        self._counts["user_faults"] += bool(result.user_faults)
        self._counts["scored"] += result.scored
        for name, success in _successes(result).items():
            self._rates[name].add(result.id, success)
        self._passes.add(result.id, result.correct)
        if not result.scored:
            return
        self._scored.add(result.id, True)
        for name, counts in self._effort.items():
            counts[getattr(result, name)] += 1
        if result.routed is not None or result.out_of_scope:
            self.confusions.add(result.id, result.expected.queue, result.queue)

    def scores(self) -> Scores:
        """What it has come to."""
        metrics = {name: rate.metric() for name, rate in self._rates.items()}
        metrics["macro_f1"] = self.confusions.macro_f1()
        return Scores(
            counts={
                "cases": self._cases.cases,
                "conversations": self._cases.conversations,
                **self._counts,
            },
            must_be_zero=dict(self._violations),
            metrics=metrics | self._passes.metrics(),
            effort={name: spread(counts, self._scored.cases) for name, counts in self._effort.items()},
        )


def _successes(result: Result) -> dict[str, bool | None]:
    """What a conversation says about each rate; None: nothing."""
    expected = result.expected
    wants_human = expected.outcome == "handoff"
    # With the model down a person still has to get through; the played person's own faults are another matter.
    rates: dict[str, bool | None] = {
        "degraded": result.degraded,
        "got_through": (result.queue is not None) if wants_human and not result.user_faults else None,
    }
    if not result.scored:
        return rates
    nothing_proposed = result.queue is None and result.ended != "closed"
    return rates | {
        "accuracy": result.routed,
        "correct": result.correct,
        "out_of_scope_recall": result.outcome == "no_handoff" if result.out_of_scope else None,
        "out_of_scope_precision": result.out_of_scope if nothing_proposed else None,
        "over_asking": result.over_asked,
        "under_asking": result.under_asked,
        "before_asking": result.guessed,
        "after_asking": result.routed if result.guessed is not None else None,
    }
