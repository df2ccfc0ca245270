"""Whose a conversation is, how long it is kept, and what outlives it; each test runs on each store."""

import asyncio
from pathlib import Path

import pytest

from agent.stores import memory, postgres, redis, sqlite
from agent.stores.base import Store, Stored, Terms

GONE = Terms(keep=0.0)


async def test_what_is_over_is_not_there_and_may_be_made_again(store: Store) -> None:
    await store.save("a", "old", revision=4, expected=None, terms=GONE)
    assert await store.load("a") is None
    assert await store.after("") == []
    assert not await store.save("a", "late", revision=5, expected=4)
    assert await store.save("a", "new", revision=1, expected=None)
    assert await store.load("a") == Stored(1, "new")


async def test_every_save_begins_the_time_anew(store: Store) -> None:
    await store.save("a", "one", revision=1, expected=None, terms=Terms(keep=60))
    await store.save("a", "two", revision=2, expected=1, terms=GONE)
    assert await store.load("a") is None
    await store.save("b", "one", revision=1, expected=None, terms=Terms(keep=0.3))
    await store.save("b", "two", revision=2, expected=1)  # for ever
    await asyncio.sleep(0.4)
    assert await store.load("b") == Stored(2, "two")


async def test_a_sweep_frees_what_is_over_and_nothing_else(store: Store) -> None:
    await store.save("a", "over", revision=1, expected=None, terms=GONE)
    await store.save("b", "kept", revision=1, expected=None, terms=Terms(keep=60))
    await store.save("c", "kept", revision=1, expected=None)
    await store.sweep()
    assert await store.sweep() == 0
    assert [id_ for id_, _ in await store.after("")] == ["b", "c"]


async def test_an_entry_is_written_with_the_document_or_not_at_all(store: Store) -> None:
    await store.save("a", "{}", revision=1, expected=None, terms=Terms(entry="first"))
    assert not await store.save("a", "{}", revision=1, expected=None, terms=Terms(entry="lost"))
    assert not await store.save("a", "{}", revision=9, expected=8, terms=Terms(entry="lost"))
    await store.save("a", "{}", revision=2, expected=1)
    await store.save("a", "{}", revision=3, expected=2, terms=Terms(entry="second"))
    assert await store.history("a") == ["first", "second"]
    assert await store.history("b") == []


async def test_the_history_outlives_the_document(store: Store) -> None:
    await store.save("a", "{}", revision=1, expected=None, terms=Terms(("ada",), 60, "made"))
    await store.delete("a", entry="erased")
    await store.sweep()
    assert await store.load("a") is None
    assert await store.history("a") == ["made", "erased"]
    assert await store.tagged("ada") == ["a"]


async def test_a_history_ends_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (memory, sqlite, postgres, redis):
        monkeypatch.setattr(module, "HISTORY_SECONDS", 0.0)
    await store.save("a", "{}", revision=1, expected=None, terms=Terms(("ada",), 60, "made"))
    assert await store.history("a") == []
    await store.sweep()
    assert await store.tagged("ada") == ["a"]  # as long as the document is there
    await store.delete("a")
    await store.sweep()
    assert await store.tagged("ada") == []


async def test_is_found_by_each_of_its_tags_and_by_no_other(store: Store) -> None:
    await store.save("b", "{}", revision=1, expected=None, terms=Terms(("ada", "ada@acme.com")))
    await store.save("a", "{}", revision=1, expected=None, terms=Terms(("ada",)))
    await store.save("c", "{}", revision=1, expected=None, terms=Terms(("bob",)))
    await store.save("c", "{}", revision=2, expected=1, terms=Terms(("reference",)))  # they add up
    assert await store.tagged("bob") == await store.tagged("reference") == ["c"]
    assert await store.tagged("ada") == ["a", "b"]
    assert await store.tagged("ada@acme.com") == ["b"]
    assert await store.tagged("eve") == []
    await store.delete("b")
    assert await store.tagged("ada") == ["a"]


async def test_a_tag_finds_nothing_that_is_over(store: Store) -> None:
    await store.save("a", "{}", revision=1, expected=None, terms=Terms(("ada",), 60))
    await store.save("b", "{}", revision=1, expected=None, terms=Terms(("ada",), 0, "made"))
    await store.save("a", "{}", revision=2, expected=1, terms=GONE)
    assert await store.tagged("ada") == ["b"]  # whose history is there


async def test_after_goes_through_all_of_them_page_by_page(store: Store) -> None:
    for n in range(5):
        await store.save(f"id{n}", str(n), revision=n + 1, expected=None)
    seen, last = [], ""
    while page := await store.after(last, 2):
        assert len(page) <= 2
        seen += page
        last = page[-1][0]
    assert seen == [(f"id{n}", Stored(n + 1, str(n))) for n in range(5)]


async def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        old.execute(
            "CREATE TABLE conversations (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, document TEXT NOT NULL)"
        )
        old.execute("INSERT INTO conversations VALUES ('a', 3, '{}')")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    store = sqlite.SQLiteStore(path)
    assert await store.load("a") == Stored(3, "{}")
    assert await store.save("a", "[]", revision=4, expected=3, terms=Terms(keep=60, entry="e"))
    assert await store.history("a") == ["e"]
    await store.close()
