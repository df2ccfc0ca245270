"""What `handoff serve` and `handoff mcp` send to a collector, if the standard variables name one.

A host that embeds the agent, or starts a command with `opentelemetry-instrument`, configures the SDK itself; then nothing
is done here.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Literal

from agent.errors import SettingsError
from agent.extras import needs_extra
from agent.telemetry.api import own_version

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

SERVICE = "live-agent-handoff"
_PROTOCOL = "http/protobuf"

log = logging.getLogger("agent.telemetry")
Signal = Literal["TRACES", "METRICS"]


@contextmanager
def exporting() -> Iterator[None]:
    """Around a server, within its lifespan (a signal may end the process after it): traces and metrics are sent over OTLP (http/protobuf) as the variables `OTEL_…` say.

    A signal is sent where `OTEL_EXPORTER_OTLP_ENDPOINT` or the one of its own is set, or its exporter is `otlp`. What is
    not sent yet at the end is sent then. A signal that cannot be sent is logged, and the server runs without.
    """
    with ExitStack() as stack:
        for signal, export in _SIGNALS.items():
            if _is_wanted(signal, os.environ):
                try:
                    _check_protocol(signal, os.environ)
                    with needs_extra(f"sending {signal.lower()} to a collector", "otel"):
                        stop = export()
                except SettingsError as error:
                    log.warning("no %s are sent: %s", signal.lower(), error)
                else:
                    stack.callback(stop)
        yield


def _is_wanted(signal: Signal, environ: Mapping[str, str]) -> bool:
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environ.get(f"OTEL_{signal}_EXPORTER", "").strip().lower()
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    return exporter == "otlp" or (not exporter and any(environ.get(name) for name in endpoints))


def _check_protocol(signal: Signal, environ: Mapping[str, str]) -> None:
    names = (f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    for name in names:
        if environ.get(name):
            if environ[name] != _PROTOCOL:
                raise SettingsError(f"{name} is {environ[name]!r}: it is {_PROTOCOL}")
            return


def _export_traces() -> Callable[[], None]:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return lambda: None
    provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def _export_metrics() -> Callable[[], None]:
    from opentelemetry import metrics
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    if isinstance(metrics.get_meter_provider(), MeterProvider):
        return lambda: None
    reader = PeriodicExportingMetricReader(OTLPMetricExporter())
    provider = MeterProvider([reader], resource=_resource(), shutdown_on_exit=False)
    metrics.set_meter_provider(provider)
    return provider.shutdown


def _resource() -> "Resource":
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource

    own = Resource({"service.name": SERVICE, "service.version": own_version()})
    return Resource.create().merge(own).merge(OTELResourceDetector().detect())  # the operator's words win


_SIGNALS: dict[Signal, Callable[[], Callable[[], None]]] = {
    "TRACES": _export_traces,
    "METRICS": _export_metrics,
}
