"""Gates: what a run has to reach, `--fail-under accuracy=0.85`, and what must never happen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.errors import InputError
from evals.metrics.interval import Metric
from evals.summary import Summary

_GATE = re.compile(r"\s*(?P<metric>[a-z_0-9^]+)(?:@(?P<slice>[^=]*[^=\s]))?\s*=\s*(?P<bound>[0-9.]+)\s*")
_LOWER = ("over_asking", "under_asking", "degraded")
_HIGHER = (
    "accuracy",
    "correct",
    "macro_f1",
    "got_through",
    "out_of_scope_recall",
    "out_of_scope_precision",
    "pass^1",
    "pass^2",
    "pass^4",
    "pass^8",
)


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound for a metric, of the whole run or of a slice."""

    metric: str
    slice: str | None
    bound: float

    @property
    def name(self) -> str:
        """As it is written."""
        return f"{self.metric}@{self.slice}" if self.slice else self.metric


def parse_gate(text: str, *, under: bool) -> Gate:
    """`METRIC=VALUE` or `METRIC@SLICE=VALUE`; raises `InputError` where it is not."""
    option, other = ("--fail-under", "--fail-over") if under else ("--fail-over", "--fail-under")
    known, others = (_HIGHER, _LOWER) if under else (_LOWER, _HIGHER)
    found = _GATE.fullmatch(text)
    try:
        bound = float(found["bound"]) if found else -1.0
    except ValueError:
        bound = -1.0
    if not found or not 0 <= bound <= 1:
        raise InputError(
            f'{option} "{text}": right is METRIC=VALUE with a value from 0 to 1, such as {known[0]}=0.85, '
            f"or METRIC@SLICE=VALUE, such as {known[0]}@clear=0.9"
        )
    if found["metric"] in others:
        raise InputError(
            f'{option} "{text}": of {found["metric"]} {"less" if under else "more"} is better; use {other}'
        )
    if found["metric"] not in known:
        raise InputError(f'{option} "{text}": there is no such metric: use {", ".join(known)}')
    return Gate(found["metric"], found["slice"], bound)


def failures(summary: Summary, gates: list[Gate]) -> Iterator[str]:
    """What a run has not reached, in a sentence each. A metric that is unknown has not been reached."""
    for gate in gates:
        scores = summary.slices.get(gate.slice) if gate.slice else summary
        metric = scores.metrics.get(gate.metric, Metric(value=None)) if scores else Metric(value=None)
        if metric.value is None:
            yield f"{gate.name} is unknown: no case says anything about it"
        elif metric.better == "higher" and metric.value < gate.bound:
            yield f"{gate.name} is {metric.value:.3f}, under {gate.bound:g}"
        elif metric.better == "lower" and metric.value > gate.bound:
            yield f"{gate.name} is {metric.value:.3f}, over {gate.bound:g}"


def violations(summary: Summary) -> Iterator[str]:
    """What must never happen, and did."""
    for name, count in summary.must_be_zero.items():
        if count:
            yield f"{name}: {count} where there must be none"
