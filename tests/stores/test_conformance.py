"""What every store has to do; each test runs on each store."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.stores.base import Store, Stored
from agent.stores.memory import MemoryStore
from agent.stores.sqlite import SQLiteStore


async def test_an_unknown_id_is_none(store: Store) -> None:
    assert await store.load("nobody") is None


async def test_creates_only_if_nothing_is_kept(store: Store) -> None:
    assert await store.save("a", "{}", revision=1, expected=None)
    assert not await store.save("a", "[]", revision=1, expected=None)
    assert await store.load("a") == Stored(1, "{}")


async def test_writes_only_over_the_expected_revision(store: Store) -> None:
    await store.save("a", "one", revision=1, expected=None)
    assert await store.save("a", "two", revision=2, expected=1)
    assert not await store.save("a", "late", revision=2, expected=1)
    assert not await store.save("a", "early", revision=9, expected=8)
    assert await store.load("a") == Stored(2, "two")


async def test_does_not_create_where_a_revision_is_expected(store: Store) -> None:
    assert not await store.save("a", "two", revision=2, expected=1)
    assert await store.load("a") is None


async def test_conversations_do_not_touch_each_other(store: Store) -> None:
    await store.save("a", "of a", revision=1, expected=None)
    await store.save("b", "of b", revision=5, expected=None)
    await store.delete("a")
    assert await store.load("a") is None
    assert await store.load("b") == Stored(5, "of b")


async def test_a_deleted_one_can_be_made_again(store: Store) -> None:
    await store.save("a", "old", revision=7, expected=None)
    await store.delete("a")
    await store.delete("a")
    assert not await store.save("a", "stale", revision=8, expected=7)
    assert await store.save("a", "new", revision=1, expected=None)
    assert await store.load("a") == Stored(1, "new")


@pytest.mark.parametrize(
    "text", ["", "Grüße 👩‍💻 שלום", "a\0b", "'; DROP TABLE conversations; --", "x" * 5_000_000]
)
async def test_keeps_every_text_as_it_is(store: Store, text: str) -> None:
    await store.save("ключ'\"", text, revision=1, expected=None)
    assert await store.load("ключ'\"") == Stored(1, text)


async def test_of_two_tasks_one_wins(store: Store) -> None:
    await store.save("a", "{}", revision=1, expected=None)
    won = await asyncio.gather(*(store.save("a", str(n), revision=2, expected=1) for n in range(20)))
    assert won.count(True) == 1
    assert await store.load("a") == Stored(2, str(won.index(True)))


def test_of_two_threads_with_loops_of_their_own_one_wins(tmp_path: Path) -> None:
    for store in (MemoryStore(), SQLiteStore(tmp_path / "chats.db")):

        def count(writer: int, store: Store = store) -> int:
            async def write() -> int:
                wins = 0
                while (kept := await store.load("a") or Stored(0, "")).revision < 50:
                    expected = kept.revision or None
                    wins += await store.save("a", str(writer), revision=kept.revision + 1, expected=expected)
                return wins

            return asyncio.run(write())

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(count, range(4))) == 50
        asyncio.run(store.close())


async def test_closes_more_than_once(store: Store) -> None:
    await store.save("a", "{}", revision=1, expected=None)
    await store.close()
    await store.close()
