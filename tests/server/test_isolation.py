"""Nobody reads or presses in another's conversation, and nobody is told that there is one."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from agent.stores.memory import MemoryStore
from tests.support import small

from .setting import ACME, KEYS, OTHER, Serving, begin, serving, settings, token, with_keys, with_tokens

CALLERS = {
    "acme": (ACME, {}),
    "acme for ada": (ACME, {"handoff-user": "ada"}),
    "acme for bob": (ACME, {"handoff-user": "bob"}),
    "other": (OTHER, {}),
    "other for ada": (OTHER, {"handoff-user": "ada"}),
    "ada": (token("ada"), {}),
    "bob": (token("bob"), {}),
    "ada of other": (token("ada", tenant="other"), {}),
}
OWNERS = {"acme for ada": {"acme", "acme for ada", "ada"}, "ada": {"acme", "acme for ada", "ada"}}
OWNERS |= {"bob": {"acme", "acme for bob", "bob"}, "acme": {"acme"}}
OWNERS |= {"other": {"other"}, "ada of other": {"other", "other for ada", "ada of other"}}


def every_call(client: httpx2.Client, id_: str) -> list[httpx2.Response]:
    at = f"/v1/conversations/{id_}"
    return [
        client.get(at),
        client.post(f"{at}/messages", json={"text": "yes"}),
        client.post(f"{at}/messages", json={"text": "yes"}, headers={"accept": "text/event-stream"}),
        client.post(f"{at}/actions", json={"action": "start"}),
        client.delete(at),
    ]


def test_everybody_against_everybody(tmp_path: Path) -> None:
    with serving(tmp_path, settings=with_tokens()) as server, ExitStack() as opened:
        clients = {
            name: opened.enter_context(server.client(secret, **headers))
            for name, (secret, headers) in CALLERS.items()
        }
        for owner, owners in OWNERS.items():
            id_ = begin(clients[owner])["id"]
            unknown = [answer.content for answer in every_call(clients[owner], "0" * 32)]
            before = clients[owner].get(f"/v1/conversations/{id_}").json()
            for name in clients.keys() - owners:
                answers = every_call(clients[name], id_)
                assert [answer.status_code for answer in answers] == [404] * 5, (owner, name)
                assert [answer.content for answer in answers] == unknown
            assert clients[owner].get(f"/v1/conversations/{id_}").json() == before
            for name in owners:
                assert clients[name].get(f"/v1/conversations/{id_}").json() == before, (owner, name)


def test_without_a_key_or_with_a_wrong_one_there_is_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, settings=with_keys()) as server, server.client(ACME) as acme:
        id_ = begin(acme)["id"]
        for secret in (None, "x", ACME[:-1], ACME + "0", token(), "\u00e9"):
            headers = [] if secret is None else [(b"authorization", f"Bearer {secret}".encode("latin-1"))]
            with httpx2.Client(base_url=server.url, headers=headers, trust_env=False) as client:
                answers = [*every_call(client, id_), client.post("/v1/conversations", json={})]
                assert {answer.status_code for answer in answers} == {401}
                assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in answers)
                assert client.get("/metrics").status_code == 401
                assert client.get("/healthz").status_code == 200
        assert acme.get("/metrics").status_code == 200


def test_two_keys_of_one_tenant_are_the_same_tenant(tmp_path: Path) -> None:
    new = "acme-key-that-is-newer"
    with (
        serving(tmp_path, settings=settings(api_keys=f"{KEYS},acme:{new}")) as server,
        server.client(ACME) as old_one,
        server.client(new) as new_one,
    ):
        id_ = begin(old_one)["id"]
        assert new_one.get(f"/v1/conversations/{id_}").status_code == 200


@pytest.mark.parametrize("id_", ["handoff:pseudonyms", "beyondtrust:x", "..", "x" * 3000, "%00", "é"])
def test_what_is_no_id_is_no_conversation(server: Serving, id_: str) -> None:
    with server.client() as client:
        begin(client)  # so that there are pseudonyms
        assert client.get(f"/v1/conversations/{id_}").status_code == 404


PAYSLIP = f"my {small.CANARY} payslip is wrong"


@pytest.mark.parametrize(
    ("secret", "user", "seen"),
    [
        (ACME, {"attributes": {"region": "EU"}}, True),
        (ACME, {"attributes": {"region": "US"}}, False),
        (token(attributes={"region": "EU"}), {}, True),
        (token(attributes={"region": ["US", "EU"]}), {}, True),
        (token(), {}, False),
        (token(), {"attributes": {"region": "EU"}}, False),
        (token(attributes={"region": "US"}), {"attributes": {"region": "EU"}}, False),
    ],
)
def test_attributes_come_from_whom_we_trust_alone(
    tmp_path: Path, secret: str, user: dict[str, Any], seen: bool
) -> None:
    with serving(tmp_path, settings=with_tokens()) as server, server.client(secret) as client:
        reply = begin(client, PAYSLIP, **user)
        found = reply["proposal"] is not None and reply["proposal"]["queue_id"] == small.EU
        assert found == seen


def test_without_a_key_attributes_open_nothing(server: Serving) -> None:
    with server.client() as client:
        reply = begin(client, PAYSLIP, name="Ada", attributes={"region": "EU"})
        assert reply["proposal"] is None or reply["proposal"]["queue_id"] != small.EU


def test_name_and_address_come_from_the_token(tmp_path: Path) -> None:
    with (
        serving(tmp_path, settings=with_tokens()) as server,
        server.client(token(name="Ada")) as ada,
        server.client(ACME) as host,
    ):
        made = begin(ada, name="Mallory")
        assert made["proposal"]["sends"]["name"] == "Ada"
        assert begin(host, name="Grace")["proposal"]["sends"]["name"] == "Grace"
        # The host may not name two people at once.
        twice = {"user": {"id": "bob"}, "text": "x"}
        refused = host.post("/v1/conversations", json=twice, headers={"handoff-user": "ada"})
        assert refused.status_code == 403


def test_a_tenants_keys_have_budgets_of_their_own_and_no_document_has_a_key(tmp_path: Path) -> None:
    second, store = "acme-key-9876543210", MemoryStore()
    keys = settings(api_keys=f"acme:{ACME},acme:{second}")
    with serving(tmp_path, settings=keys, store=store) as server:
        ids = []
        for secret in (ACME, second, ACME):
            with server.client(secret) as client:
                ids.append(begin(client)["id"])
        kept = [store._kept[id_].stored.document for id_ in ids]
    one, two, again = (json.loads(document)["via"] for document in kept)
    assert one == again != two
    assert not [secret for secret in (ACME, second) for document in kept if secret in document]
