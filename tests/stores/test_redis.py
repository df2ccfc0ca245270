"""What only Redis can get wrong: what ends by itself, scripts that are forgotten, memory that grows for ever."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from agent.errors import StoreError
from agent.stores import redis
from agent.stores.base import Stored, Terms
from agent.stores.choose import choose_store
from tests.stores.places import on_redis, place_of


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[str]:
    async with place_of("redis", tmp_path) as made:
        yield made


@pytest.fixture
async def admin() -> AsyncIterator[Redis]:
    async with on_redis() as client:
        yield client


def prefix_of(place: str) -> str:
    return place.rpartition("=")[2]


async def keys(admin: Redis, place: str) -> set[str]:
    prefix = prefix_of(place)
    return {key.decode().removeprefix(prefix) async for key in admin.scan_iter(f"{prefix}*", 1000)}


async def test_nothing_is_left_of_what_is_over(
    place: str, admin: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "HISTORY_SECONDS", 0.2)
    store = choose_store(place)
    for n in range(3):
        await store.save(str(n), "{}", revision=1, expected=None, terms=Terms(("ada", f"o{n}"), 0.1, "made"))
    await store.save("2", "{}", revision=2, expected=1, terms=Terms((), 0.1, "changed"))
    await store.delete("1", entry="gone")
    await store.delete("2")
    assert {"doc:0", "history:1", "tag:ada", "tag:o2", "tags:2"} < await keys(admin, place)
    await asyncio.sleep(0.3)
    assert await keys(admin, place) == {"version", "ids", "ends"}
    assert await store.sweep() == 1
    assert await keys(admin, place) == {"version"}
    await store.close()


async def test_a_tag_of_many_keeps_only_what_is_there(place: str, admin: Redis) -> None:
    store = choose_store(place)
    await store.save("for ever", "{}", revision=1, expected=None, terms=Terms(("ada",)))
    for n in range(5):
        await store.save(str(n), "{}", revision=1, expected=None, terms=Terms(("ada",), 0.1))
    await asyncio.sleep(0.2)
    await store.save("for ever", "{}", revision=2, expected=1)
    assert await admin.zcard(f"{prefix_of(place)}tag:ada") == 1
    assert await admin.ttl(f"{prefix_of(place)}tag:ada") == -1
    await store.close()


async def test_goes_on_after_redis_has_forgotten_the_script(place: str, admin: Redis) -> None:
    store = choose_store(place)
    await store.save("a", "one", revision=1, expected=None)
    await admin.script_flush()
    assert await store.save("a", "two", revision=2, expected=1)
    assert await store.load("a") == Stored(2, "two")
    await store.close()


async def test_pages_over_many_that_are_gone(place: str, admin: Redis) -> None:
    store = choose_store(place)
    for n in range(20):
        keep = None if n in (0, 18, 19) else 0.0
        await store.save(f"{n:02}", "{}", revision=1, expected=None, terms=Terms(keep=keep))
    assert [id_ for id_, _ in await store.after("", 2)] == ["00", "18"]
    await store.close()


async def test_somebody_elses_keys_are_told(place: str, admin: Redis) -> None:
    await admin.lpush(f"{prefix_of(place)}version", "x")
    store = choose_store(place)
    with pytest.raises(StoreError, match="WRONGTYPE"):
        await store.load("a")
    await store.close()
