"""Links that survive scanners: a GET shows a page, only the person's press opens the chat."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from agent.stores.memory import MemoryStore
from tests.support import small

from .setting import Serving, begin, serving, settings

BASE = "https://handoff.acme.com"
CHAT = "https://chat.example.com/start/db"


def handed_off(client: httpx2.Client, **user: Any) -> dict[str, Any]:
    id_ = begin(client, **user)["id"]
    reply: dict[str, Any] = client.post(f"/v1/conversations/{id_}/actions", json={"action": "start"}).json()
    return reply


def path_of(url: str) -> str:
    assert url.startswith(BASE)
    path = url.removeprefix(BASE)
    assert re.fullmatch(r"/go/[0-9a-f]{32}", path)
    return path


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def linking(tmp_path: Path, store: MemoryStore) -> Iterator[Serving]:
    with serving(tmp_path, store=store, settings=settings(links=BASE)) as running:
        yield running


def test_a_get_shows_a_page_and_the_press_opens_the_chat(linking: Serving) -> None:
    with linking.client() as client:
        path = path_of(handed_off(client)["handoff"]["url"])
        for _ in range(3):
            page = client.get(path)
            assert page.status_code == 200
            assert "chat.example.com" not in page.text
            assert "location" not in page.headers
            assert page.headers["cache-control"] == "no-store"
            assert page.headers["referrer-policy"] == "no-referrer"
            assert "noindex" in page.text
        assert client.head(path).status_code in (200, 405)
        # A page without a referrer sends its form without an origin.
        opened = client.post(path, headers={"origin": "null"})
        assert opened.status_code == 303
        assert opened.headers["location"].startswith(CHAT)
        assert opened.headers["cache-control"] == "no-store"
        assert opened.headers["referrer-policy"] == "no-referrer"


def test_the_chats_own_address_is_shown_nowhere(linking: Serving) -> None:
    with linking.client() as client:
        reply = handed_off(client)
        url, at = reply["handoff"]["url"], f"/v1/conversations/{reply['id']}"
        assert reply["buttons"][0]["url"] == url
        assert any(step["text"].endswith(url) for step in reply["steps"])
        again = client.post(f"{at}/actions", json={"action": "start"})
        told = client.post(f"{at}/actions", json={"action": "start"}, headers={"accept": "text/event-stream"})
        read = client.get(at)
        assert again.json()["handoff"]["url"] == url
        for answer in (again, told, read):
            assert url in answer.text
            assert f"{CHAT}?" not in answer.text


def test_without_the_setting_it_is_the_chats_own_address(server: Serving) -> None:
    with server.client() as client:
        assert handed_off(client)["handoff"]["url"].startswith(CHAT)
        assert client.get(f"/go/{'0' * 32}").status_code == 404


def test_a_link_opens_nothing_once_its_conversation_is_gone(linking: Serving) -> None:
    with linking.client() as client:
        reply = handed_off(client)
        path = path_of(reply["handoff"]["url"])
        client.delete(f"/v1/conversations/{reply['id']}")
        for answer in (client.get(path), client.post(path), client.get(f"/go/{'0' * 32}")):
            assert answer.status_code == 410
            assert "chat.example.com" not in answer.text
        german = client.get(path, headers={"accept-language": "de-DE,de;q=0.9"})
        assert 'lang="de"' in german.text


def test_a_link_ends_with_its_handoff(linking: Serving, store: MemoryStore) -> None:
    with linking.client() as client:
        reply = handed_off(client)
        stored = store._kept[reply["id"]]
        past = (small.OPEN - timedelta(minutes=1)).isoformat()
        old = stored.stored._replace(
            document=stored.stored.document.replace('"expires":null', f'"expires":"{past}"')
        )
        assert old != stored.stored
        asyncio.run(store.save(reply["id"], old.document, revision=old.revision, expected=old.revision))
        path = path_of(reply["handoff"]["url"])
        assert (client.get(path).status_code, client.post(path).status_code) == (410, 410)
