"""What only a file can get wrong."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent.errors import StoreError
from agent.stores.base import Stored
from agent.stores.sqlite import SQLiteStore
from agent.stores.sqlite_schema import SCHEMA_VERSION


async def test_makes_nothing_before_its_first_use_and_keeps_it_after_close(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    first = SQLiteStore(str(path))
    assert not path.exists()
    await first.save("a", "{}", revision=3, expected=None)
    await first.close()
    second = SQLiteStore(path)
    assert await second.load("a") == Stored(3, "{}")
    await second.close()


async def test_refuses_work_after_close(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "chats.db")
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.load("a")


def test_one_store_works_from_one_loop_after_the_other(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "chats.db")
    assert asyncio.run(store.save("a", "{}", revision=1, expected=None))
    assert asyncio.run(store.load("a")) == Stored(1, "{}")
    asyncio.run(store.close())


async def refused(path: Path, match: str) -> None:
    store = SQLiteStore(path)
    with pytest.raises(StoreError, match=match) as caught:
        await store.save("a", "{}", revision=1, expected=None)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    await store.close()


async def test_refuses_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary " * 100)
    await refused(path, "not a database")
    assert path.read_text().startswith("dear diary")


async def test_refuses_a_directory_and_a_place_that_is_not_there(tmp_path: Path) -> None:
    await refused(tmp_path, "directory")
    await refused(tmp_path / "missing" / "chats.db", "unable to open")


async def test_refuses_another_programs_database(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    await refused(path, "another program's")


async def test_refuses_a_newer_schema(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    await refused(path, "newer version")


@pytest.mark.parametrize(
    ("pragma", "match"),
    [("max_page_count = 4", "full"), ("query_only = 1", "readonly")],
    ids=["full disk", "read-only disk"],
)
async def test_a_disk_that_takes_no_more_loses_nothing(tmp_path: Path, pragma: str, match: str) -> None:
    store = SQLiteStore(tmp_path / "chats.db")
    await store.save("a", "{}", revision=1, expected=None)
    assert store._connection
    store._connection.execute(f"PRAGMA {pragma}")
    with pytest.raises(StoreError, match=match):
        await store.save("a", "x" * 100_000, revision=2, expected=1)
    assert await store.load("a") == Stored(1, "{}")
    await store.close()


async def test_waits_for_another_writer_only_so_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.stores.sqlite.BUSY_SECONDS", 0.05)
    store = SQLiteStore(tmp_path / "chats.db")
    await store.save("a", "{}", revision=1, expected=None)
    with closing(sqlite3.connect(tmp_path / "chats.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            await store.save("a", "[]", revision=2, expected=1)
    assert await store.save("a", "[]", revision=2, expected=1)
    await store.close()
