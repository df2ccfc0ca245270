"""Metrics. Their attributes come from the configuration and from fixed lists, so that their number is bounded."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal, NamedTuple

from agent.telemetry.api import SCHEMA, SCOPE, Attributes, Value, in_use, known, own_version

_SECONDS = tuple(0.01 * 2**power for power in range(14))
_TOKENS = tuple(4**power for power in range(14))


class Metric(NamedTuple):
    """What is measured, and in what unit; `buckets` are a histogram's boundaries."""

    kind: Literal["histogram", "counter", "up_down_counter"]
    unit: str
    description: str
    buckets: Sequence[float] = ()


METRICS = {
    "gen_ai.client.operation.duration": Metric("histogram", "s", "GenAI operation duration.", _SECONDS),
    "gen_ai.client.token.usage": Metric(
        "histogram", "{token}", "Number of input and output tokens used.", _TOKENS
    ),
    "handoff.turn.duration": Metric(
        "histogram", "s", "How long a turn took, from the message to the reply.", _SECONDS
    ),
    "handoff.handoffs": Metric("counter", "{handoff}", "Handoffs that were made, each after a person's yes."),
    "handoff.degraded": Metric(
        "counter", "{turn}", "Turns in which the model gave no usable decision and the code went on."
    ),
    "handoff.model.left_alone": Metric(
        "up_down_counter", "{model}", "Models that are not asked at present: their circuit breaker is open."
    ),
}


def measure(name: str, value: float, attributes: Attributes) -> None:
    """Record `value` for the metric `name`; nothing where OpenTelemetry is not in use."""
    if in_use():
        _recorder(name)(value, known(attributes))


@cache
def _recorder(name: str) -> Callable[[float, dict[str, Value]], None]:
    from opentelemetry import metrics

    meter = metrics.get_meter(SCOPE, own_version(), schema_url=SCHEMA)
    kind, unit, description, buckets = METRICS[name]
    if kind == "counter":
        return meter.create_counter(name, unit, description).add
    if kind == "up_down_counter":
        return meter.create_up_down_counter(name, unit, description).add
    return meter.create_histogram(name, unit, description, explicit_bucket_boundaries_advisory=buckets).record
