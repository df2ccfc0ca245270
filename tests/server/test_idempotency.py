"""`Idempotency-Key`: the same request again changes nothing and gets the same reply."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from agent.stores.sqlite import SQLiteStore
from tests.support import small
from tests.support.openai_stub import OpenAIStub, brain

from .processes import Process, process
from .setting import ACME, Serving, begin, serving, token, with_tokens

SAID = {"text": "my SQL database is slow"}
KEY = {"idempotency-key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")


def roles(client: httpx2.Client, id_: str) -> list[str]:
    return [m["role"] for m in client.get(f"/v1/conversations/{id_}").json()["messages"]]


def test_a_start_again_is_the_same_conversation(tmp_path: Path) -> None:
    with serving(tmp_path, model=ScriptedModel([SQL])) as server, server.client() as client:
        first, second = (client.post("/v1/conversations", json=SAID, headers=KEY) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert roles(client, first.json()["id"]) == ["user", "assistant"]


@pytest.mark.parametrize(
    ("where", "body", "other"),
    [
        ("messages", {"text": "it is very slow"}, {"text": "it is not slow"}),
        ("actions", {"action": "start"}, {"action": "cancel"}),
        ("actions", {"action": "other"}, {"action": "other", "queue_id": "db"}),
        ("actions", {"action": "edit", "text": "slow"}, {"action": "edit", "text": "slower"}),
        ("actions", {"action": "message", "text": "yes"}, {"action": "message", "text": "no"}),
    ],
)
def test_a_turn_again_is_the_same_turn(
    server: Serving, where: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    with server.client() as client:
        id_ = begin(client)["id"]
        at = f"/v1/conversations/{id_}/{where}"
        first = client.post(at, json=body, headers=KEY)
        said = roles(client, id_)
        again = client.post(at, json=body, headers=KEY)
        assert (first.status_code, again.status_code) == (200, 200)
        assert again.json() == first.json()
        assert client.post(at, json=body, headers={**KEY, "accept": "text/event-stream"}).status_code == 200
        refused = client.post(at, json=other, headers=KEY)
        assert refused.status_code == 422
        assert refused.json()["type"].endswith(":idempotency-key-reused")
        assert roles(client, id_) == said
        # Another key, or none, is another turn.
        client.post(at, json=body, headers={"idempotency-key": "another"})
        assert len(roles(client, id_)) > len(said)


def test_a_key_of_one_conversation_means_nothing_in_another(server: Serving) -> None:
    with server.client() as client:
        ids = [begin(client)["id"] for _ in range(2)]
        for id_ in ids:
            assert (
                client.post(f"/v1/conversations/{id_}/messages", json=SAID, headers=KEY).json()["id"] == id_
            )


def test_a_key_of_one_person_means_nothing_to_another(tmp_path: Path) -> None:
    with serving(tmp_path, settings=with_tokens()) as server:
        ids = set()
        for secret in (ACME, token("ada"), token("bob"), token("ada", tenant="other")):
            with server.client(secret) as client:
                ids |= {client.post("/v1/conversations", json=SAID, headers=KEY).json()["id"] for _ in "12"}
        assert len(ids) == 4


def test_a_start_with_the_key_of_another_start_is_refused(server: Serving) -> None:
    with server.client() as client:
        key = {"idempotency-key": "of a start"}
        first = client.post("/v1/conversations", json={}, headers=key).json()
        for other in ({"text": "hello"}, {"user": {"name": "Ada"}}):
            refused = client.post("/v1/conversations", json=other, headers=key)
            assert refused.status_code == 422
            assert refused.json()["type"].endswith(":idempotency-key-reused")
        assert client.post("/v1/conversations", json={}, headers=key).json() == first


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none_is_refused(server: Serving, key: str) -> None:
    with server.client() as client:
        refused = client.post("/v1/conversations", json=SAID, headers={"idempotency-key": key})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["where"].lower() == "header.idempotency-key"


def test_two_processes_and_many_at_once_make_one_conversation_and_one_turn(tmp_path: Path) -> None:
    store = tmp_path / "chats.db"
    with OpenAIStub(brain) as stub:
        model = OpenAIModel("stub", base_url=stub.base_url, api_key=None)
        here = serving(tmp_path, model=model, store=SQLiteStore(store), example=True)
        _both(here, process(store, stub))


def _both(here: AbstractContextManager[Serving], there: AbstractContextManager[Process]) -> None:
    with (
        here as one,
        there as two,
        one.client(**KEY) as first,
        two.client(**KEY) as second,
        ThreadPoolExecutor(8) as pool,
    ):

        def at_once(path: str, body: dict[str, Any]) -> dict[str, Any]:
            asked = [pool.submit(client.post, path, json=body) for client in (first, second) * 4]
            replies: list[dict[str, Any]] = [future.result().json() for future in asked]
            assert all(reply == replies[0] for reply in replies)
            return replies[0]

        started = at_once("/v1/conversations", SAID)
        at = f"/v1/conversations/{started['id']}"
        assert roles(first, started["id"]) == ["user", "assistant"]
        pressed = at_once(f"{at}/actions", {"action": "start", "proposal": started["proposal"]["id"]})
        assert pressed["handoff"]
        assert roles(second, started["id"]) == ["user", "assistant"] * 2
