"""Turns as server-sent events, and what comes while another turn is running."""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from agent import Answer, Briefing
from agent.models.scripted import ScriptedModel, Step
from agent.records.decision import Ask, SelectQueue
from agent.server import limits, sse
from agent.stores.memory import MemoryStore
from tests.support import small

from .setting import Serving, serving

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")
STREAM = {"accept": "text/event-stream"}


class Held(ScriptedModel):
    """A model of another thread's: it answers when it is let."""

    def __init__(self, steps: Iterable[Step]) -> None:
        super().__init__(steps)
        self.asked, self.let = threading.Event(), threading.Event()

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        self.asked.set()
        await asyncio.to_thread(self.let.wait, 60)
        return await super().decide(briefing, started)


def events(text: str) -> list[dict[str, Any]]:
    """The events, whose names and numbers are right."""
    found = []
    for number, frame in enumerate(filter(None, text.split("\n\n")), 1):
        fields = dict(line.split(": ", 1) for line in frame.splitlines())
        assert fields.keys() == {"event", "id", "data"}
        assert fields["id"] == str(number)
        event = json.loads(fields["data"])
        assert fields["event"] == event["type"]
        found.append(event)
    return found


def test_a_conversation_as_events_is_the_same_conversation(server: Serving) -> None:
    with server.client(**STREAM) as client:
        answer = client.post("/v1/conversations", json={"text": "my SQL database is slow"})
        assert answer.status_code == 201
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer.text)
        kinds = [event["type"] for event in told if event["type"] != "text_delta"]
        assert kinds == ["conversation", "step", "step", "text", "proposal", "buttons", "turn_end"]
        at = f"/v1/conversations/{told[0]['id']}"
        assert answer.headers["location"] == at
        read = client.get(at).json()
        assert read["reply"]["text"] == next(e["text"] for e in told if e["type"] == "text")
        assert read["reply"]["phase"] == told[-1]["phase"]
        pressed = events(client.post(f"{at}/actions", json={"action": "start"}).text)
        handoff = next(event for event in pressed if event["type"] == "handoff")
        assert handoff["url"] == client.get(at).json()["reply"]["handoff"]["url"]


def test_a_start_without_a_word_greets_as_events_too(server: Serving) -> None:
    with server.client(**STREAM) as client:
        told = events(client.post("/v1/conversations", json={}).text)
        assert [event["type"] for event in told] == [
            "conversation",
            "text_delta",
            "text",
            "buttons",
            "turn_end",
        ]
        assert client.get(f"/v1/conversations/{told[0]['id']}").status_code == 200


def test_while_nothing_happens_there_are_signs_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.02)
    model = Held([SQL])
    said = {"text": "my SQL database is slow"}
    with (
        serving(tmp_path, model=model) as server,
        server.client(**STREAM) as client,
        client.stream("POST", "/v1/conversations", json=said) as answer,
    ):
        lines = answer.iter_lines()
        while next(lines) != ": still working":
            pass
        model.let.set()
        assert any('"type":"turn_end"' in line for line in lines)


def test_a_client_that_goes_away_does_not_end_the_turn(tmp_path: Path) -> None:
    model = Held([SQL])
    with serving(tmp_path, model=model) as server, server.client() as client:
        at = f"/v1/conversations/{client.post('/v1/conversations', json={}).json()['id']}"
        said = {"text": "my SQL database is slow"}
        with client.stream("POST", f"{at}/messages", json=said, headers=STREAM):
            assert model.asked.wait(30)
        model.let.set()
        while client.get(at).json()["phase"] == "gathering":
            pass
        while "handoff_open_streams 0.0" not in client.get("/metrics").text:
            pass


def test_messages_that_come_during_a_turn_join_it(tmp_path: Path) -> None:
    model = Held([Ask(question="What is it?"), SQL])
    with (
        serving(tmp_path, model=model) as server,
        server.client() as client,
        ThreadPoolExecutor() as pool,
    ):
        at = f"/v1/conversations/{client.post('/v1/conversations', json={}).json()['id']}"

        def say(text: str) -> httpx2.Response:
            return client.post(f"{at}/messages", json={"text": text})

        first = pool.submit(say, "hi")
        assert model.asked.wait(30)
        others = [pool.submit(say, text) for text in ("my SQL database", "is slow")]
        while len(client.get(at).json()["messages"]) < 3:
            pass
        # What only shows something does not wait.
        aside = client.post(f"{at}/actions", json={"action": "other"})
        assert aside.status_code == 200
        model.let.set()
        replies = [asked.result() for asked in (first, *others)]
        assert {reply.status_code for reply in replies} == {200}
        assert replies[0].json() == replies[1].json() == replies[2].json()
        assert replies[0].json()["phase"] == "proposed"


def test_no_more_than_so_many_streams_of_one_person(tmp_path: Path) -> None:
    model = Held([SQL] * 50)
    with serving(tmp_path, model=model) as server, server.client() as client:
        at = f"/v1/conversations/{client.post('/v1/conversations', json={}).json()['id']}/messages"
        said, opened = {"text": "my SQL database is slow"}, []
        for _ in range(limits.STREAMS):
            request = client.build_request("POST", at, json=said, headers=STREAM)
            opened.append(client.send(request, stream=True))
        refused = client.post(at, json=said, headers=STREAM)
        assert refused.status_code == 429
        assert re.fullmatch(r"\d+", refused.headers["retry-after"])
        assert f"handoff_open_streams {limits.STREAMS}.0" in client.get("/metrics").text
        other = client.post("/v1/conversations", json={}, headers=STREAM)
        assert other.status_code == 201
        model.let.set()
        for answer in opened:
            answer.read()
            answer.close()
        while "handoff_open_streams 0.0" not in client.get("/metrics").text:
            pass
        assert client.post(at, json=said, headers=STREAM).status_code == 200


def test_a_conversation_that_is_deleted_during_a_turn_stays_deleted(tmp_path: Path) -> None:
    model, store = Held([SQL]), MemoryStore()
    with serving(tmp_path, model=model, store=store) as server, server.client() as client:
        at = f"/v1/conversations/{client.post('/v1/conversations', json={}).json()['id']}"
        with ThreadPoolExecutor() as pool:
            said = pool.submit(client.post, f"{at}/messages", json={"text": "my SQL database is slow"})
            assert model.asked.wait(30)
            assert client.delete(at).status_code == 204
            model.let.set()
            assert said.result().status_code == 404
        assert client.get(at).status_code == 404
        entry = json.loads(asyncio.run(store.history(at.rpartition("/")[2]))[-1])
        assert entry["outcome"] == "erased"
