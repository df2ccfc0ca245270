"""Processes are killed in the middle of turns: nothing is lost, and nothing happens twice."""

import asyncio
import threading
from collections import Counter
from pathlib import Path

import pytest

from agent import document
from agent.records.entry import Entry
from agent.stores.choose import choose_store
from tests.support.openai_answers import Canned
from tests.support.openai_stub import OpenAIStub, Request, brain

from .fleet import Fleet, Person, fleet

PEOPLE = 18
PROBLEM = "my SQL database is slow"


class Slow:
    """The seed's model; what it is asked about the problem waits until it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.let = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Canned:
        if "SQL" in request.said:
            with self._lock:
                self.asked += 1
            assert self.let.wait(60)
        return brain(request)


@pytest.mark.parametrize("kind", ["postgres", "redis"])
async def test_what_was_said_is_answered_once_whoever_dies(kind: str, tmp_path: Path) -> None:
    slow = Slow()
    with OpenAIStub(slow) as stub:
        async with fleet(kind, tmp_path, 3, stub) as (servers, client):
            people = [Person(client) for _ in range(PEOPLE)]
            watching, waiting = people[::2], people[1::2]
            await asyncio.gather(*(person.begin(_said(n)[0]) for n, person in enumerate(people)))
            turns = [
                asyncio.create_task(person.watch(PROBLEM) if person in watching else person.say(PROBLEM))
                for person in people
            ]
            while slow.asked < PEOPLE:  # noqa: ASYNC110 — another thread's; then all are in the middle of a turn
                await asyncio.sleep(0.01)
            open_at = {port: servers.number(port, "handoff_open_streams") for port in servers.ports}
            assert sum(open_at.values()) == len(watching)
            second, _, first = sorted(servers.ports, key=open_at.__getitem__)
            held = open_at[first]
            servers.running[first].started.kill()
            await asyncio.to_thread(servers.running[first].started.wait)
            slow.let.set()
            shown = await asyncio.gather(*turns)
            assert slow.asked > PEOPLE  # what died was asked again
            assert sum(len(person.failed) for person in watching) >= held
            assert not [why for person in waiting for why in person.failed]  # nginx asked another server

            restarted = asyncio.create_task(asyncio.to_thread(servers.start, first))
            presses = [
                asyncio.create_task(person.press("start", proposal=reply["proposal"]["id"]))
                for person, reply in zip(people, shown, strict=True)
            ]
            await asyncio.wait(presses, return_when=asyncio.FIRST_COMPLETED)
            servers.running[second].started.kill()
            urls = [reply["handoff"]["url"] for reply in await asyncio.gather(*presses)]
            await restarted
            for person, url in zip(people, urls, strict=True):
                assert (await person.press("start"))["handoff"]["url"] == url
                assert (await person.read())["reply"]["handoff"]["url"] == url
            assert len(set(urls)) == PEOPLE  # each has a reference of its own
            await _check_what_is_kept(servers, people, urls)


def _said(number: int) -> tuple[str, str]:
    return f"Hello, I am number {number}, a person please", PROBLEM


async def _check_what_is_kept(servers: Fleet, people: list[Person], urls: list[str]) -> None:
    store = choose_store(servers.place)
    for number, (person, url) in enumerate(zip(people, urls, strict=True)):
        kept = await store.load(person.id)
        assert kept
        conversation = document.load(kept.document)
        assert conversation.dropped == 0
        texts = Counter(m.text for m in conversation.messages if m.role == "user" and not m.action)
        assert texts == dict.fromkeys(_said(number), 1)
        assert not conversation.unanswered
        assert [made.url for made in conversation.handoffs] == [url]
        entries = [Entry.model_validate_json(text) for text in await store.history(person.id)]
        outcomes = Counter(entry.outcome for entry in entries)
        assert (outcomes["proposal"], outcomes["handoff"]) == (1, 1)
    await store.close()
