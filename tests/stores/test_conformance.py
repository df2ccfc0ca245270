"""What every store has to do; each test runs on each store."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.errors import StoreError
from agent.stores.base import Store, Stored, Terms


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


async def test_of_four_threads_with_loops_of_their_own_one_wins(store: Store) -> None:
    def count(writer: int) -> int:
        async def write() -> int:
            wins = 0
            while (kept := await store.load("a") or Stored(0, "")).revision < 50:
                expected = kept.revision or None
                wins += await store.save("a", str(writer), revision=kept.revision + 1, expected=expected)
            return wins

        return asyncio.run(write())

    with ThreadPoolExecutor(4) as threads:
        loop = asyncio.get_running_loop()
        assert sum(await asyncio.gather(*(loop.run_in_executor(threads, count, n) for n in range(4)))) == 50


@pytest.mark.parametrize("part", ["document", "entry", "tag", "id"])
async def test_a_lone_surrogate_is_kept_or_refused_as_a_whole(store: Store, part: str) -> None:
    given = {"document": "new", "entry": "new", "tag": "ada", "id": "a", part: "\ud800"}
    terms = Terms((given["tag"],), 60, given["entry"])
    try:
        await store.save(given["id"], given["document"], revision=1, expected=None, terms=terms)
    except StoreError:
        assert await store.after("") == []
        assert await store.history("a") == []
        assert await store.tagged("ada") == []
    else:
        assert await store.load(given["id"]) == Stored(1, given["document"])
        assert await store.history(given["id"]) == [given["entry"]]


@pytest.mark.parametrize("text", ["", "a\0b", "Grüße 👩‍💻", "%s {schema} $1"])
async def test_every_text_may_be_an_id_an_entry_and_a_tag(store: Store, text: str) -> None:
    assert await store.save(text, "{}", revision=1, expected=None, terms=Terms((text,), 60, text))
    await store.delete(text, entry=text)
    assert await store.history(text) == [text, text]
    assert await store.tagged(text) == [text]


async def test_ids_are_in_the_order_of_their_characters(store: Store) -> None:
    ids = ["B", "a", "a-", "aa", "ab", "b", "ä", "\uffff", "😀"]
    for id_ in reversed(ids):
        await store.save(id_, id_, revision=1, expected=None)
    assert [id_ for id_, _ in await store.after("")] == ids
    assert [id_ for id_, _ in await store.after("aa", 3)] == ["ab", "b", "ä"]


async def test_closes_more_than_once(store: Store) -> None:
    await store.save("a", "{}", revision=1, expected=None)
    await store.close()
    await store.close()
