"""OpenTelemetry's SDK beside the code under test; nothing of it stays when the block ends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider, UpDownCounter
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from agent.telemetry import meters, spans

TURN, OPEN = "handoff.turn", "handoff.open"


class Watched:
    """What a host's exporters would have got."""

    def __init__(self) -> None:
        self._kept = InMemorySpanExporter()
        self.traces = TracerProvider(shutdown_on_exit=False)
        self.traces.add_span_processor(SimpleSpanProcessor(self._kept))
        every = AggregationTemporality.CUMULATIVE
        self._reader = InMemoryMetricReader({Counter: every, Histogram: every, UpDownCounter: every})
        self.meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.host = self.traces.get_tracer("host")

    def named(self, name: str) -> list[ReadableSpan]:
        """The spans of that name, in the order of their beginnings."""
        found = [span for span in self._kept.get_finished_spans() if span.name == name]
        return sorted(found, key=lambda span: span.start_time or 0)

    def last(self, name: str) -> ReadableSpan:
        return self.named(name)[-1]

    def inside(self, parent: ReadableSpan) -> list[str]:
        """The names of the spans within `parent`, in the order of their beginnings."""
        found = [span for span in self._kept.get_finished_spans() if _is_child(span, parent)]
        return [span.name for span in sorted(found, key=lambda span: span.start_time or 0)]

    def metric(self, name: str) -> tuple[str, list[Any]]:
        """Its unit and its points."""
        data = self._reader.get_metrics_data()
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for found in scope.metrics:
                    if found.name == name:
                        return found.unit or "", list(found.data.data_points)
        return "", []

    def metric_names(self) -> set[str]:
        data = json.loads(self.metrics_json())
        scopes = (scope for resource in data["resource_metrics"] for scope in resource["scope_metrics"])
        return {found["name"] for scope in scopes for found in scope["metrics"]}

    def metrics_json(self) -> str:
        data = self._reader.get_metrics_data()
        return str(data.to_json()) if data else '{"resource_metrics": []}'

    def spans_json(self) -> str:
        return "\n".join(span.to_json() for span in self._kept.get_finished_spans())

    def everything(self) -> str:
        return self.spans_json() + self.metrics_json()


def facts(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def context_of(span: ReadableSpan) -> tuple[int, int]:
    assert span.context
    return span.context.trace_id, span.context.span_id


def links_of(span: ReadableSpan) -> list[tuple[int, int]]:
    return [(link.context.trace_id, link.context.span_id) for link in span.links]


def _is_child(span: ReadableSpan, parent: ReadableSpan) -> bool:
    assert parent.context
    return span.parent is not None and span.parent.span_id == parent.context.span_id


@contextmanager
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    watched = Watched()
    with monkeypatch.context() as patch:
        patch.setattr(trace, "get_tracer", partial(trace.get_tracer, tracer_provider=watched.traces))
        patch.setattr(metrics, "get_meter", partial(metrics.get_meter, meter_provider=watched.meters))
        _forget()
        yield watched
    _forget()
    watched.traces.shutdown()
    watched.meters.shutdown()


def _forget() -> None:
    spans._tracer.cache_clear()
    meters._recorder.cache_clear()
