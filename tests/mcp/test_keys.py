"""Over HTTP: who may call, and whose conversations a caller reaches."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.mcp.setting import (
    ACME,
    OTHER,
    call,
    catalogue,
    over_http,
    page_in,
    proposed,
    refusal,
    served,
    start,
)

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPT = {"accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    queues = catalogue(tmp_path_factory.mktemp("mcp"))
    with served("--queues", queues, keys=f"acme:{ACME}, other:{OTHER}") as url:
        yield url


def post(url: str, body: Any = HELLO, **headers: str) -> httpx2.Response:
    return httpx2.post(
        url, json=body, headers={**ACCEPT, **{n.replace("_", "-"): v for n, v in headers.items()}}
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {ACME}"},
        {"authorization": f"Bearer {ACME}x"},
    ],
)
def test_who_has_no_key_is_refused(keyed: str, headers: dict[str, str]) -> None:
    for address in (keyed, keyed + "/"):
        refused = post(address, **headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
    assert httpx2.get(keyed, headers={**ACCEPT, **headers}).status_code == 401


def test_a_key_gets_through_a_proxy_and_a_page_of_another_origin_does_not(keyed: str) -> None:
    bearer = f"Bearer {ACME}"
    assert post(keyed, authorization=bearer, x_forwarded_for="192.0.2.1").status_code == 200
    assert post(keyed, authorization=bearer, origin="https://evil.example").status_code == 403


def test_without_keys_it_is_for_this_machine(url: str) -> None:
    assert post(url).status_code == 200
    assert post(url, x_forwarded_for="192.0.2.1").status_code == 403
    assert post(url, host="rebound.example.com").status_code == 421
    assert post(url, origin="https://evil.example").status_code == 403


async def test_nobody_reaches_a_conversation_of_another_tenant_or_person(keyed: str) -> None:
    async with over_http(keyed, key=ACME, handoff_user="ada") as client:
        id_, _ = await proposed(client)
        page = page_in(await start(client, id_))
    for key, person in ((OTHER, "ada"), (ACME, "bob"), (ACME, "")):
        async with over_http(keyed, key=key, handoff_user=person) as client:
            for tool, more in (("send_message", {"text": "yes"}), ("press_button", {"action": "start"})):
                told = await refusal(client, tool, {"conversation_id": id_, **more})
                assert told == await refusal(client, tool, {"conversation_id": "0" * 32, **more})
    async with over_http(keyed, key=ACME, handoff_user="ada") as client:
        assert page_in(await start(client, id_)) == page  # another session of hers goes on


def test_a_session_is_its_keys_and_its_persons(keyed: str) -> None:
    begun = post(keyed, authorization=f"Bearer {ACME}", handoff_user="ada")
    session = {"mcp_session_id": begun.headers["mcp-session-id"], "mcp_protocol_version": "2025-06-18"}
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    for key, person, status in ((ACME, "ada", 200), (OTHER, "ada", 404), (ACME, "bob", 404)):
        got = post(keyed, listing, authorization=f"Bearer {key}", handoff_user=person, **session)
        assert got.status_code == status


async def test_the_hosts_headers_say_who_the_person_is(keyed: str) -> None:
    async with over_http(keyed, key=ACME, handoff_name="Zoë Müller", handoff_locale="de") as client:
        reply = await call(client, "start_conversation", text="my SQL database is slow")
    assert reply["proposal"]["sends"]["name"] == "Zoë Müller"
    assert "Chat mit Mitarbeiter starten" in [button["label"] for button in reply["buttons"]]


async def test_no_header_opens_a_queue(keyed: str) -> None:
    async with over_http(keyed, key=ACME, handoff_attributes="region=EU", region="EU") as client:
        assert [queue["id"] for queue in (await call(client, "list_queues"))["queues"]] == ["desk", "db"]


def test_a_header_that_is_too_long(keyed: str) -> None:
    refused = post(keyed, authorization=f"Bearer {ACME}", handoff_name="x" * 321)
    assert refused.status_code == 400
