"""Spans. An attribute is an id, a count or a fixed word; an error is told by its kind, never by its message.

A span is the parent of those that begin within it, in tasks and threads that are started there, too. The context of a
span that is over is kept as a `traceparent` (W3C Trace Context), and later spans are linked to it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Literal

from agent.errors import ModelError
from agent.telemetry.api import SCHEMA, SCOPE, Attributes, in_use, known, own_version

if TYPE_CHECKING:
    from opentelemetry import trace

Kind = Literal["INTERNAL", "CLIENT", "SERVER"]


class Span:
    """One span; where OpenTelemetry is not in use it takes everything and keeps nothing."""

    __slots__ = ("_span",)

    def __init__(self, span: "trace.Span | None" = None) -> None:
        self._span = span

    def set(self, attributes: Attributes) -> None:
        """Add `attributes`."""
        if self._span is not None:
            self._span.set_attributes(known(attributes))

    def rename(self, name: str) -> None:
        """Call it `name` from now on."""
        if self._span is not None:
            self._span.update_name(name)

    def link(self, traceparent: str | None) -> None:
        """Link it to the span with that context, if there is one."""
        context = _context_of(traceparent) if self._span is not None else None
        if self._span is not None and context is not None:
            self._span.add_link(context)

    def fail(self, kind: str) -> None:
        """Mark it as failed: `kind` becomes `error.type`."""
        if self._span is not None:
            from opentelemetry.trace import StatusCode

            self._span.set_attribute("error.type", kind)
            self._span.set_status(StatusCode.ERROR)


NOTHING = Span()


@contextmanager
def span(
    name: str,
    attributes: Attributes,
    *,
    kind: Kind = "INTERNAL",
    links: Iterable[str | None] = (),
    headers: Mapping[str, str] | None = None,
) -> Iterator[Span]:
    """A span around the block, linked to the contexts `links`; an exception marks it as failed and goes on.

    It continues the trace that a request's `headers` (names in lower case) speak of, without them the present one.
    """
    if not in_use():
        yield NOTHING
        return
    from opentelemetry import propagate
    from opentelemetry.trace import Link, SpanKind

    with _tracer().start_as_current_span(
        name,
        context=None if headers is None else propagate.extract(headers),
        kind=SpanKind[kind],
        attributes=known(attributes),
        links=[Link(context) for link in links if (context := _context_of(link))],
        record_exception=False,  # its message may hold what somebody wrote
        set_status_on_exception=False,
    ) as begun:
        made = Span(begun)
        try:
            yield made
        except BaseException as error:
            made.fail(error_type(error))
            raise


def current() -> Span:
    """The span that the code runs in."""
    if not in_use():
        return NOTHING
    from opentelemetry import trace

    return Span(trace.get_current_span())


def error_type(error: BaseException) -> str:
    """What `error.type` says: a model server's status, `timeout`, else the name of the class."""
    if isinstance(error, TimeoutError):
        return "timeout"
    return (isinstance(error, ModelError) and error.code) or type(error).__name__


def traceparent() -> str | None:
    """The context of the current span, None where there is none."""
    if not in_use():
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def trace_ids() -> dict[str, str]:
    """`trace_id` and `span_id` of the current span in hexadecimal, for logs; empty where there is none."""
    context = traceparent()
    if context is None:
        return {}
    _, trace_id, span_id, _ = context.split("-")
    return {"trace_id": trace_id, "span_id": span_id}


@cache
def _tracer() -> "trace.Tracer":
    from opentelemetry import trace

    return trace.get_tracer(SCOPE, own_version(), schema_url=SCHEMA)


def _context_of(traceparent: str | None) -> "trace.SpanContext | None":
    if traceparent is None:
        return None
    from opentelemetry import trace
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carried = TraceContextTextMapPropagator().extract({"traceparent": traceparent}, Context())
    context = trace.get_current_span(carried).get_span_context()
    return context if context.is_valid else None
