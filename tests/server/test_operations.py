"""What operators see: alive, ready, numbers, and nothing of anybody."""

import logging
import threading
from pathlib import Path

import pytest

from agent.catalogue.view import View
from agent.errors import ModelUnavailable, StoreError
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from agent.stores.base import PLAIN, Stored, Terms
from agent.stores.memory import MemoryStore
from tests.support import small

from .processes import wait_until_ready
from .setting import ACME, begin, serving, with_keys

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")


class Failing(MemoryStore):
    """A store that can be switched off."""

    off = False

    async def load(self, id_: str) -> Stored | None:
        self._check()
        return await super().load(id_)

    async def save(
        self, id_: str, document: str, *, revision: int, expected: int | None, terms: Terms = PLAIN
    ) -> bool:
        self._check()
        return await super().save(id_, document, revision=revision, expected=expected, terms=terms)

    def _check(self) -> None:
        if self.off:
            raise StoreError("/srv/secret/chats.db: the disk is gone")


def test_a_store_that_fails_loses_nothing_and_the_person_is_told(tmp_path: Path) -> None:
    store = Failing()
    with serving(tmp_path, model=ScriptedModel([SQL, SQL]), store=store) as server, server.client() as client:
        id_ = begin(client, locale="de")["id"]
        at = f"/v1/conversations/{id_}"
        before = client.get(at).json()
        assert client.get("/readyz").status_code == 200
        store.off = True
        answers = [
            client.post(f"{at}/messages", json={"text": "hello"}),
            client.post("/v1/conversations", json={"text": "hello"}),
            client.get(at),
            client.delete(at),
        ]
        for answer in answers:
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["type"].endswith(":store-unavailable")
            assert "secret" not in answer.text
        unready = client.get("/readyz")
        assert unready.status_code == 503
        assert unready.json()["status"] == "store"
        assert "store" in unready.json()["recent"]
        assert client.get("/healthz").status_code == 200
        store.off = False
        assert client.get(at).json() == before
        assert client.get("/readyz").status_code == 200


def test_a_store_that_fails_during_a_stream_is_told_as_an_event(tmp_path: Path) -> None:
    store = Failing()
    with serving(tmp_path, model=ScriptedModel([SQL]), store=store) as server, server.client() as client:
        store.off = True
        said, stream = {"text": "hallo", "user": {"locale": "de"}}, {"accept": "text/event-stream"}
        told = client.post("/v1/conversations", json=said, headers=stream).text
        assert '"type":"error","message":"Das konnte gerade nicht gespeichert' in told
        assert '"type":"turn_end"' in told
        assert "secret" not in told
        assert "handoff_failed_turns_total 1.0" in client.get("/metrics").text


def test_numbers_of_turns_and_nothing_of_anybody(tmp_path: Path) -> None:
    model = ScriptedModel([Ask(question="What is it?"), ModelUnavailable("down"), ModelUnavailable("down")])
    with serving(tmp_path, model=model, settings=with_keys()) as server, server.client(ACME) as client:
        user = {"id": "u-ada", "name": "Ada Lovelace", "email": "ada@acme.com"}
        id_ = begin(client, "hello", **user)["id"]
        at = f"/v1/conversations/{id_}"
        client.post(f"{at}/messages", json={"text": "my SQL database is slow"})
        client.post(f"{at}/actions", json={"action": "start"})
        answer = client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        text = answer.text
        assert 'handoff_turns_total{input="message",phase="gathering"} 1.0' in text
        assert 'handoff_turns_total{input="message",phase="proposed"} 1.0' in text
        assert 'handoff_turns_total{input="start",phase="handed_off"} 1.0' in text
        assert 'handoff_turn_seconds_count{input="message"} 2.0' in text
        assert "handoff_degraded_turns_total 1.0" in text
        assert 'handoff_problems_total{kind="turn"}' in text
        assert client.get("/readyz").json()["recent"].keys() == {"turn"}
        for personal in ("ada", "Ada", "acme", id_, "SQL"):
            assert personal not in text


def test_a_server_is_ready_when_nobody_would_wait_for_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, make = threading.Event(), View.make_ready

    def slowly(view: View) -> None:
        assert made.wait(60)
        make(view)

    monkeypatch.setattr(View, "make_ready", slowly)
    with serving(tmp_path, warm=False) as server, server.client() as client:
        try:
            unready = client.get("/readyz")
            assert (unready.status_code, unready.json()["status"]) == (503, "starting")
            assert client.get("/healthz").status_code == 200
        finally:
            made.set()
        wait_until_ready(server.url)
        assert client.get("/readyz").json()["status"] == "ready"


def test_an_error_of_the_program_is_a_problem_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("what Ada said")

    with serving(tmp_path) as server, server.client() as client:
        monkeypatch.setattr("agent.agent.HandoffAgent.load", broken)
        with caplog.at_level(logging.CRITICAL):
            answer = client.get("/v1/conversations/x")
        assert answer.status_code == 500
        assert answer.json()["type"].endswith(":internal")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "Ada" not in answer.text
