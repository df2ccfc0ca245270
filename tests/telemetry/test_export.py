"""From a request with a `traceparent` to the URL, through a real process, to a collector over OTLP."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

ROOT = Path(__file__).parents[2]
TRACE, CALLER, OTHER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"
Ask = Callable[..., tuple[int, Any]]


@contextmanager
def door(**environ: str) -> Iterator[Ask]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.telemetry.door"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environ},
    )
    assert process.stdout
    port = int(process.stdout.readline())

    def ask(method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        return answer.status, json.loads(said) if said.startswith(b"{") else said

    try:
        yield ask
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def told(span: "Span") -> dict[str, Any]:
    values = {a.key: a.value for a in span.attributes}
    return {key: getattr(value, str(value.WhichOneof("value"))) for key, value in values.items()}


def test_one_trace_from_a_message_to_the_url() -> None:
    from tests.telemetry.collector import collecting

    with collecting() as collector:
        environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "helpdesk-bot"}
        with door(**environ) as ask:
            _, begun = ask(
                "POST", "/chats", {"text": "my SQL database is slow"}, traceparent=f"00-{TRACE}-{CALLER}-01"
            )
            assert begun["phase"] == "proposed"
            path = f"/chats/{begun['id']}/press"
            _, pressed = ask("POST", path, traceparent=f"00-{TRACE}-{OTHER}-01")
            assert pressed["url"].startswith("https://livechat.acme.com/")
            assert ask("GET", "/healthz") == (200, b"ok")
            assert ask("GET", "/broken/sesame?said=Zaunkoenig")[0] == 500
            assert ask("BREW", "/pot")[0] == 404
    assert collector.services == {"helpdesk-bot"}
    assert {
        "handoff.turn.duration",
        "handoff.handoffs",
        "gen_ai.client.operation.duration",
    } <= collector.metrics

    spans = {span.name: span for span in collector.spans}
    servers = [span for span in collector.spans if span.kind == span.SPAN_KIND_SERVER]
    assert {span.name for span in servers} == {
        "POST /chats",
        "POST /chats/{id}/press",
        "GET /broken/{token}",
        "_OTHER",
    }
    server = spans["POST /chats/{id}/press"]
    assert server.trace_id.hex() == TRACE
    assert server.parent_span_id.hex() == OTHER
    assert told(server) == {
        "http.request.method": "POST",
        "url.scheme": "http",
        "http.response.status_code": 200,
        "http.route": "/chats/{id}/press",
    }
    first, last = (span for span in collector.spans if span.name == "handoff.turn")
    assert last.parent_span_id == server.span_id
    assert [link.span_id for link in last.links] == [first.span_id]
    assert spans["handoff.open"].parent_span_id == last.span_id
    assert spans["chat embedded"].parent_span_id == first.span_id
    assert {span.trace_id.hex() for span in (first, last, spans["handoff.open"], spans["chat embedded"])} == {
        TRACE
    }

    broken = spans["GET /broken/{token}"]
    assert told(broken)["error.type"] == "RuntimeError"
    assert broken.status.code == broken.status.STATUS_CODE_ERROR
    for private in (b"Zaunkoenig", b"sesame", b"SQL", b"livechat", b"/pot", b"healthz"):
        assert private not in collector.raw
