"""A collector on loopback that takes OTLP over http/protobuf and keeps what it got."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Span] = []
        self.metrics: set[str] = set()
        self.services: set[str] = set()
        self.raw = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def take(self, path: str, sent: bytes) -> None:
        self.raw += sent
        if path == "/v1/traces":
            traces = ExportTraceServiceRequest.FromString(sent)
            for told in traces.resource_spans:
                self._note(told.resource.attributes)
                self.spans += [span for scope in told.scope_spans for span in scope.spans]
        else:
            assert path == "/v1/metrics"
            metrics = ExportMetricsServiceRequest.FromString(sent)
            for measured in metrics.resource_metrics:
                self._note(measured.resource.attributes)
                self.metrics |= {m.name for scope in measured.scope_metrics for m in scope.metrics}

    def _note(self, attributes: object) -> None:
        self.services |= {a.value.string_value for a in attributes if a.key == "service.name"}  # type: ignore[attr-defined]


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.take(
            self.path, gzip.decompress(sent) if self.headers["Content-Encoding"] == "gzip" else sent
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield collector
    finally:
        collector.shutdown()
        thread.join()
        collector.server_close()
