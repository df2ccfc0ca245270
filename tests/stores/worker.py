# ruff: noqa: T201 - what the tests read
"""A process of its own on a store: `python -m tests.stores.worker WHAT STORE …`; it prints what the test reads."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from agent.catalogue.load import load
from agent.models.scripted import ScriptedModel
from agent.stores import sqlite
from agent.stores.base import Store, Stored, Terms
from agent.stores.choose import choose_store
from tests.support import small


async def race(store: Store, until: str) -> None:
    """Write revision after revision, as others do, and tell how many were won."""
    wins = 0
    while (kept := await store.load("a") or Stored(0, "")).revision < int(until):
        wins += await store.save("a", "{}", revision=kept.revision + 1, expected=kept.revision or None)
    print(wins)


async def count(store: Store, id_: str) -> None:
    """Write revision after revision, each with an entry, until somebody kills this."""
    revision = 0
    while True:
        said = str(revision + 1)
        await store.save(
            id_, said, revision=revision + 1, expected=revision or None, terms=Terms(("ada",), 60, said)
        )
        revision += 1
        print(revision, flush=True)


async def press(store: Store, id_: str, folder: str) -> None:
    """Load a conversation, wait for the word, and press start."""
    agent = small.agent_over(load(Path(folder) / "queues.yaml"), ScriptedModel([]), store=store)
    chat = await agent.load(id_)
    assert chat
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    reply = await chat.press("start")
    print(reply.handoff.url if reply.handoff else reply.text)


async def die(store: Store) -> None:
    """End like a crash in SQLite's transaction, between the document and its entry."""
    sqlite._add = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    await store.save("a", "new", revision=2, expected=1, terms=Terms(entry="new"))


async def save(store: Store) -> None:
    """Save once."""
    await store.save("a", "new", revision=2, expected=1, terms=Terms(entry="new"))


WORK: dict[str, Callable[..., Awaitable[None]]] = {
    work.__name__: work for work in (race, count, press, die, save)
}


async def main(what: str, place: str, *arguments: str) -> None:
    store = choose_store(place)
    await WORK[what](store, *arguments)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
