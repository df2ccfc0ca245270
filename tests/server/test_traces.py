"""What a collector is told by `handoff serve`: routes, never the paths, in which ids and tokens stand."""

import signal

from tests.telemetry.collector import collecting

from .processes import process

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_one_trace_from_the_press_to_the_url_and_no_path() -> None:
    with collecting() as collector:  # noqa: SIM117  # it is there until the process has ended
        with process("memory", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as served:
            with served.client(traceparent=f"00-{TRACE}-b7ad6b7169203331-01") as client:
                begun = client.post(
                    "/v1/conversations?secret=sesame", json={"text": "my SQL database is slow"}
                ).json()
                at = f"/v1/conversations/{begun['id']}"
                assert client.post(f"{at}/actions", json={"action": "start"}).json()["handoff"]
                assert client.get(f"{at}0").status_code == 404
                client.get("/healthz")
                client.get("/metrics")
            served.started.send_signal(signal.SIGTERM)
            assert served.started.wait(30) == 0
    servers = {span.name for span in collector.spans if span.kind == span.SPAN_KIND_SERVER}
    assert servers == {
        "POST /v1/conversations",
        "POST /v1/conversations/{conversation_id}/actions",
        "GET /v1/conversations/{conversation_id}",
    }
    opened = next(span for span in collector.spans if span.name == "handoff.open")
    assert opened.trace_id.hex() == TRACE
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
    for span in collector.spans:
        told = {attribute.key: attribute.value.string_value for attribute in span.attributes}
        told.pop("gen_ai.conversation.id", None)
        assert not [
            value for value in (*told.values(), span.name) if begun["id"] in value or "sesame" in value
        ]
    for private in (b"SQL", b"livechat", b"sesame"):
        assert private not in collector.raw
