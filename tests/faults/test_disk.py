"""A disk that is full, read-only or locked: told in time, nothing is lost, and it goes on when there is room again."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from agent import Chat, HandoffAgent, Reply
from agent.catalogue.schema import Catalogue
from agent.errors import StoreError
from agent.models.embedded import EmbeddedModel
from agent.stores.sqlite import SQLiteStore
from tests.faults.people import ADA, WORDS, said, through
from tests.support import small

Break = Callable[[SQLiteStore, Path], Awaitable[Callable[[], Awaitable[None]]]]
"""Breaks a store; what it gives mends it."""


async def pragma(store: SQLiteStore, text: str) -> None:
    await store._run(lambda connection: connection.execute(f"PRAGMA {text}").fetchall())


async def full(store: SQLiteStore, _: Path) -> Callable[[], Awaitable[None]]:
    await pragma(store, "max_page_count = 1")  # as few as there are
    return lambda: pragma(store, "max_page_count = 100000")


async def read_only(store: SQLiteStore, _: Path) -> Callable[[], Awaitable[None]]:
    await pragma(store, "query_only = 1")
    return lambda: pragma(store, "query_only = 0")


async def locked(_: SQLiteStore, path: Path) -> Callable[[], Awaitable[None]]:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    async def mend() -> None:
        other.execute("COMMIT")
        other.close()

    return mend


BREAKS: dict[Break, str] = {full: "full", read_only: "readonly", locked: "locked"}


@pytest.mark.parametrize("break_", BREAKS)
@pytest.mark.parametrize("steps", range(3))
async def test_it_breaks_and_is_mended(
    break_: Break, steps: int, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.stores.sqlite.BUSY_SECONDS", 0.05)
    path = tmp_path / "chats.db"
    store = SQLiteStore(path)
    agent = small.agent_over(catalogue, EmbeddedModel(), store=store)
    chat = agent.start(ADA)
    long = WORDS + " again" * 1000  # more than there is room for in a page that was begun
    say: list[Callable[[], Awaitable[Reply]]] = [
        lambda: chat.send("hello"),
        lambda: chat.send(long),
        lambda: chat.press("start"),
    ]
    for step in say[:steps]:
        await step()
    if not steps:
        await store.load(chat.id)  # the file is made
    before = chat.conversation
    mend = await break_(store, path)
    if break_ is full and steps == 2:
        await chat_fills_up(agent)
    with pytest.raises(StoreError, match=BREAKS[break_]):
        await asyncio.wait_for(say[1]() if steps < 2 else say[2](), 5)
    assert chat.conversation == before
    loaded = await agent.load(chat.id)
    assert (loaded and loaded.conversation) == (before if steps else None)
    await mend()
    await chat.send(long)
    started = await chat.press("start")
    assert started.handoff
    assert len(chat.conversation.handoffs) == 1
    assert long in said(chat)
    assert await through(agent.start(ADA), 30) != started.handoff.url
    await agent.close()


async def chat_fills_up(agent: HandoffAgent) -> None:
    """Use up the room in the pages that are there, by other conversations."""
    chat: Chat | None = None
    while True:
        try:
            chat = chat or agent.start(ADA)
            await chat.send(WORDS)
        except StoreError:
            return
