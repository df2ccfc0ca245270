"""What only PostgreSQL can get wrong: locks, rights, other people's tables."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from agent.errors import StoreError
from agent.stores import postgres
from agent.stores.base import Stored, Terms
from agent.stores.choose import choose_store
from tests.stores.places import POSTGRES, on_postgres, place_of

NEW = Terms(entry="new")
BLOCKED = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[str]:
    async with place_of("postgres", tmp_path) as made:
        yield made


@pytest.fixture
async def admin() -> AsyncIterator["asyncpg.Connection"]:
    async with on_postgres() as connection:
        yield connection


def schema_of(place: str) -> str:
    return place.rpartition("=")[2]


async def blocked(admin: "asyncpg.Connection", place: str) -> int:
    """The server process of a save that waits for a lock; waits until there is one."""
    while not (pid := await admin.fetchval(BLOCKED, f"%{schema_of(place)}%")):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return int(pid)


async def test_a_save_that_is_broken_off_changes_nothing(place: str, admin: "asyncpg.Connection") -> None:
    store = choose_store(place)
    await store.save("a", "old", revision=1, expected=None, terms=Terms(entry="old"))
    async with on_postgres() as other, other.transaction():
        await other.execute(f"SELECT FROM {schema_of(place)}.conversations FOR UPDATE")
        saving = asyncio.create_task(store.save("a", "new", revision=2, expected=1, terms=NEW))
        await admin.execute("SELECT pg_terminate_backend($1)", await blocked(admin, place))
        with pytest.raises(StoreError):
            await saving
    assert await store.load("a") == Stored(1, "old")
    assert await store.history("a") == ["old"]
    assert await store.save("a", "next", revision=2, expected=1)
    await store.close()


async def test_a_process_killed_inside_save_leaves_both_or_neither(
    place: str, admin: "asyncpg.Connection"
) -> None:
    store = choose_store(place)
    await store.save("a", "old", revision=1, expected=None, terms=Terms(entry="old"))
    command = [sys.executable, "-m", "tests.stores.worker", "save", place]
    async with on_postgres() as other, other.transaction():
        await other.execute(f"SELECT FROM {schema_of(place)}.conversations FOR UPDATE")
        worker = subprocess.Popen(command)  # noqa: ASYNC220, S603
        await blocked(admin, place)
        worker.kill()
        assert worker.wait() == -signal.SIGKILL
    won = await store.save("a", "next", revision=2, expected=1)
    assert await store.load("a") == Stored(2, "next" if won else "new")
    assert await store.history("a") == (["old"] if won else ["old", "new"])
    await store.close()


async def test_waits_for_a_lock_only_so_long(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SECONDS", 0.5)
    store = choose_store(place)
    await store.save("a", "old", revision=1, expected=None)
    async with on_postgres() as other, other.transaction():
        await other.execute(f"SELECT FROM {schema_of(place)}.conversations FOR UPDATE")
        with pytest.raises(StoreError, match="does not answer"):
            await store.save("a", "late", revision=2, expected=1)
    assert await store.save("a", "new", revision=2, expected=1)
    await store.close()


async def test_where_isolation_is_stricter_one_still_wins(place: str, admin: "asyncpg.Connection") -> None:
    store = choose_store(f"{place}&default_transaction_isolation=serializable")
    await store.save("a", "{}", revision=1, expected=None)
    won = await asyncio.gather(*(store.save("a", str(n), revision=2, expected=1) for n in range(20)))
    assert won.count(True) == 1
    await store.close()


async def test_refuses_another_programs_tables(place: str, admin: "asyncpg.Connection") -> None:
    await admin.execute(f"CREATE SCHEMA {schema_of(place)}")
    await admin.execute(f"CREATE TABLE {schema_of(place)}.conversations (subject text)")
    store = choose_store(place)
    with pytest.raises(StoreError, match="another program's tables"):
        await store.load("a")
    await store.close()


async def test_needs_no_right_to_make_tables_where_they_are_made(
    place: str, admin: "asyncpg.Connection"
) -> None:
    schema = schema_of(place)
    as_role = choose_store(f"{place}&options=-crole%3D{schema}")
    await admin.execute(f"CREATE ROLE {schema}")
    try:
        with pytest.raises(StoreError, match="permission denied for database"):
            await as_role.load("a")
        made = choose_store(place)
        await made.load("a")
        await made.close()
        await admin.execute(f"GRANT USAGE ON SCHEMA {schema} TO {schema}")
        await admin.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {schema}"
        )
        assert await as_role.save("a", "{}", revision=1, expected=None, terms=Terms(("ada",), 60, "made"))
        await as_role.delete("a", entry="gone")
        await as_role.sweep()
        assert await as_role.history("a") == ["made", "gone"]
    finally:
        await as_role.close()
        await admin.execute(f"DROP OWNED BY {schema}")
        await admin.execute(f"DROP ROLE {schema}")


async def test_a_word_of_sql_may_name_the_schema(admin: "asyncpg.Connection") -> None:
    await admin.execute('DROP SCHEMA IF EXISTS "end" CASCADE')
    store = choose_store(f"{POSTGRES}?schema=end")
    assert await store.save("a", "{}", revision=1, expected=None)
    await store.sweep()
    await store.close()
    await admin.execute('DROP SCHEMA "end" CASCADE')


async def test_tells_what_the_server_says(place: str) -> None:
    store = choose_store(POSTGRES.replace("/test", "/not_there"))
    with pytest.raises(StoreError, match=r'"not_there" does not exist') as caught:
        await store.load("a")
    assert "\n" not in str(caught.value)
    await store.close()
