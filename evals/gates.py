"""Gates: what a run has to reach, `--fail-under accuracy=0.85`, and what must never happen."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from agent.errors import InputError
from evals.metrics.group import Group
from evals.metrics.interval import Metric
from evals.metrics.passes import MOST
from evals.summary import OPEN, Summary

_GATE = re.compile(r"\s*(?P<metric>[a-z_0-9^]+)(?:@(?P<slice>[^=]*[^=\s]))?\s*=\s*(?P<bound>[0-9.]+)\s*")
_DIRECTIONS = {name: metric.better for name, metric in Group(trials=MOST).scores().metrics.items()}


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
    better = "higher" if under else "lower"
    known = [name for name, direction in _DIRECTIONS.items() if direction == better]
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
    if _DIRECTIONS.get(found["metric"], better) != better:
        raise InputError(
            f'{option} "{text}": of {found["metric"]} {"less" if under else "more"} is better; use {other}'
        )
    if found["metric"] not in known:
        raise InputError(f'{option} "{text}": there is no such metric: use {", ".join(known)}')
    return Gate(found["metric"], found["slice"], bound)


def check_gates(gates: Iterable[Gate], tags: Collection[str], trials: int) -> None:
    """Raise `InputError` for a gate that no run of these cases could pass, before it is paid for."""
    for gate in gates:
        if gate.slice not in (None, OPEN, *tags):
            raise InputError(f'the gate {gate.name}: no case has the tag "{gate.slice}"')
        k = gate.metric.removeprefix("pass^")
        if k.isdecimal() and int(k) > trials:
            raise InputError(f"the gate {gate.name}: takes --trials {k} or more")


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
