"""A store that fails at any call: told in time, nothing half done, the next try goes through, one handoff."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import get_args

import pytest

from agent import Chat, Limits, Reply
from agent.catalogue.schema import Catalogue
from agent.errors import StoreError
from agent.models.embedded import EmbeddedModel
from agent.records.events import ErrorEvent, Event, TurnEnd
from agent.stores.base import Store
from agent.stores.memory import MemoryStore
from agent.stores.sqlite import SQLiteStore
from tests.faults.people import ADA, WORDS, said, within
from tests.faults.stores import FailingStore, How
from tests.support import small

SECONDS = 5.0
Step = Callable[[Chat], Awaitable[Reply]]
STEPS: list[Step] = [
    lambda chat: chat.send("I'd like to speak to a live agent"),
    lambda chat: chat.send(WORDS),
    lambda chat: chat.press("start"),
    lambda chat: chat.press("start"),
]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that hangs is given up soon."""
    monkeypatch.setattr(Limits, "storing", 0.2)


async def tried(step: Step, chat: Chat) -> tuple[Reply, int]:
    """The reply to a step, which is tried again where the store failed, and how often it did."""
    for failed in range(3):
        try:
            return await within(SECONDS, step(chat)), failed
        except StoreError:
            continue
    raise AssertionError("the store failed once, and so did three tries")


async def talk(catalogue: Catalogue, kept: Store, at: int, how: How) -> bool:
    """A conversation over a store that fails at call `at`; whether it came to that."""
    store = FailingStore(kept, at, how)
    agent = small.agent_over(catalogue, EmbeddedModel(), store=store, limits=Limits(seconds=SECONDS))
    chat = agent.start(ADA)
    replies, failed = [], 0
    for step in STEPS:
        reply, times = await tried(step, chat)
        replies.append(reply)
        failed += times
    struck = store.struck
    assert failed == struck
    shown = [reply.handoff for reply in replies if reply.handoff]
    assert len(shown) == 2
    assert shown[0] == shown[1]
    stored = await small.agent_over(catalogue, EmbeddedModel(), store=kept).load(chat.id)
    assert stored
    assert [handoff.url for handoff in stored.conversation.handoffs] == [shown[0].url]
    assert WORDS in said(stored)
    assert "rosebud" in shown[0].url
    return struck


@pytest.mark.parametrize("how", get_args(How))
async def test_any_call_of_a_store_in_memory(catalogue: Catalogue, how: How) -> None:
    calls = 1
    while await talk(catalogue, MemoryStore(), calls, how):
        calls += 1
    assert calls > len(STEPS)  # each step but the last one has saved at least once


@pytest.mark.parametrize("how", ["refuses", "forgets to answer", "says nothing of it"])
async def test_any_call_of_a_store_on_disk(catalogue: Catalogue, tmp_path: Path, how: How) -> None:
    calls, going = 1, True
    while going:
        store = SQLiteStore(tmp_path / f"{calls}.db")
        going = await talk(catalogue, store, calls, how)
        await store.close()
        calls += 1


async def test_a_store_that_always_hangs(catalogue: Catalogue) -> None:
    class Hanging(FailingStore):
        @property
        def calls(self) -> int:
            return 1

        @calls.setter
        def calls(self, _: int) -> None:
            pass

    store = Hanging(MemoryStore(), 1, "hangs")
    agent = small.agent_over(catalogue, EmbeddedModel(), store=store)
    chat = agent.start(ADA)
    for step in STEPS:
        with pytest.raises(StoreError, match=r"the store did not answer within 0\.2 s"):
            await within(SECONDS, step(chat))
    with pytest.raises(StoreError):
        await agent.load(chat.id)
    assert not chat.conversation.handoffs


async def events_of(chat: Chat) -> list[Event]:
    return [event async for event in chat.stream(WORDS)]


@pytest.mark.parametrize("how", get_args(How))
async def test_what_the_person_and_the_operator_are_told(
    catalogue: Catalogue, how: How, caplog: pytest.LogCaptureFixture
) -> None:
    agent = small.agent_over(catalogue, EmbeddedModel(), store=FailingStore(MemoryStore(), 1, how))
    chat = agent.start(ADA)
    error, end = await events_of(chat)
    assert error == ErrorEvent(message="That could not be saved just now. Please try again in a moment.")
    assert end == TurnEnd(phase="gathering", model_calls=0)
    failed, record = (record for record in caplog.records if record.name == "agent.turn")
    assert failed.getMessage() == "a turn failed with StoreError"
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("a turn could not be kept: ")
    assert "rosebud" not in caplog.text
    assert "proposal" in [event.type for event in await events_of(chat)]


async def test_a_conversation_that_was_deleted_in_the_middle(catalogue: Catalogue) -> None:
    store = MemoryStore()
    agent = small.agent_over(catalogue, EmbeddedModel(), store=store)
    chat = agent.start(ADA)
    await chat.send(WORDS)
    await store.delete(chat.id)
    for _ in range(2):
        error, _end = await events_of(chat)
        assert error == ErrorEvent(message="This conversation was deleted. Please start a new one.")
        with pytest.raises(StoreError, match="deleted"):
            await chat.press("start")
    assert await store.load(chat.id) is None  # and it stays deleted
    assert not chat.conversation.handoffs
