"""Start, say, press, read, delete: as the design's stable surface has them."""

import re

import pytest

from tests.support import small

from .setting import Serving, begin

REPLY = {"id", "phase", "text", "steps", "buttons", "proposal", "handoff", "model_calls"}


def test_from_the_first_word_to_the_link(server: Serving) -> None:
    with server.client() as client:
        asked = begin(client, "I'd like to speak to a live agent", name="Ada")
        assert asked.keys() >= REPLY
        assert (asked["phase"], asked["proposal"], asked["handoff"]) == ("gathering", None, None)
        at = f"/v1/conversations/{asked['id']}"
        proposed = client.post(f"{at}/messages", json={"text": "my SQL database is slow"}).json()
        assert proposed["phase"] == "proposed"
        assert proposed["proposal"]["queue_id"] == small.DATABASE
        start = next(button for button in proposed["buttons"] if button["action"] == "start")
        pressed = client.post(f"{at}/actions", json={"action": "start", "proposal": start["proposal"]})
        assert pressed.status_code == 200
        handoff = pressed.json()["handoff"]
        assert handoff["queue_id"] == small.DATABASE
        assert handoff["url"].startswith("https://chat.example.com/start/db?")
        assert client.post(f"{at}/actions", json={"action": "start"}).json()["handoff"] == handoff
        read = client.get(at).json()
        assert read["phase"] == "handed_off"
        assert read["reply"]["handoff"] == handoff
        assert [m["role"] for m in read["messages"]] == ["user", "assistant"] * 4
        assert read["messages"][0]["text"] == "I'd like to speak to a live agent"
        assert client.delete(at).status_code == 204
        assert client.get(at).status_code == 404
        assert client.delete(at).status_code == 404


def test_a_conversation_can_start_without_a_word(server: Serving) -> None:
    with server.client() as client:
        answer = client.post("/v1/conversations", json={"user": {"locale": "de"}})
        assert answer.status_code == 201
        greeting = answer.json()
        assert greeting["text"].startswith("Hallo")
        assert re.fullmatch("[0-9a-f]{32}", greeting["id"])
        assert answer.headers["location"] == f"/v1/conversations/{greeting['id']}"
        read = client.get(answer.headers["location"]).json()
        assert (read["phase"], read["reply"], read["messages"]) == ("gathering", None, [])
        said = client.post(
            f"{answer.headers['location']}/messages", json={"text": "meine SQL Datenbank ist langsam"}
        )
        assert said.json()["proposal"]["queue_id"] == small.DATABASE


def test_what_is_too_long_or_empty_gets_a_reply_and_changes_nothing(server: Serving) -> None:
    with server.client() as client:
        at = f"/v1/conversations/{begin(client)['id']}"
        before = client.get(at).json()
        for text in ("", " ", "x" * 16_001):
            assert client.post(f"{at}/messages", json={"text": text}).json()["phase"] == "proposed"
        assert client.get(at).json() == before


@pytest.mark.parametrize("text", ["", " ", "\x00", "x" * 16_001])
def test_a_start_that_is_refused_is_a_conversation_all_the_same(server: Serving, text: str) -> None:
    with server.client() as client:
        at = f"/v1/conversations/{begin(client, text)['id']}"
        assert client.get(at).json()["messages"] == []
        assert client.post(f"{at}/messages", json={"text": "my SQL database is slow"}).json()["proposal"]


def test_every_answer_is_kept_by_nobody_and_framed_by_nobody(server: Serving) -> None:
    with server.client() as client:
        answers = [client.get(path) for path in ("/", "/healthz", "/openapi.json", "/nowhere")]
        answers.append(client.post("/v1/conversations", json={}))
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in answer.headers
