"""What only a server can get wrong: it is away, hangs, breaks off, is somebody else's; each test on both."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from agent.errors import StoreError
from agent.stores import postgres, redis
from agent.stores.base import Store, Stored, Terms
from agent.stores.choose import choose_store
from tests.stores.places import on_postgres, on_redis, place_of
from tests.support.proxy import Proxy, proxy_to

SERVERS = ["postgres", "redis"]


@pytest.fixture(params=SERVERS)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with place_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture
async def proxy(place: str) -> AsyncIterator[Proxy]:
    parts = urlsplit(place)
    async with proxy_to(parts.hostname or "127.0.0.1", parts.port or 0) as proxy:
        yield proxy


@pytest.fixture
async def store(place: str, proxy: Proxy) -> AsyncIterator[Store]:
    """Behind the proxy."""
    store = choose_store(through(proxy, place))
    yield store
    await store.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (postgres, redis):
        monkeypatch.setattr(module, "SECONDS", 0.3)
    monkeypatch.setattr(postgres, "CLOSING_SECONDS", 0.3)


def through(proxy: Proxy, place: str) -> str:
    parts = urlsplit(place)
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{proxy.port}"))


async def fails(call: Awaitable[object], *, within: float) -> str:
    begun = time.monotonic()
    with pytest.raises(StoreError) as caught:
        await call
    assert time.monotonic() - begun < within
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def kill_connections(place: str) -> int:
    name = place.partition("=")[2].partition("&")[0]
    if place.startswith("redis"):
        async with on_redis() as admin:
            mine = [client["id"] for client in await admin.client_list() if client["name"] == name]
            for id_ in mine:
                await admin.client_kill_filter(_id=id_)
            return len(mine)
    async with on_postgres() as admin:
        kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()"
        return len(await admin.fetch(kill, f"%{name}%"))


async def test_goes_on_after_the_server_has_ended_its_connections(store: Store, place: str) -> None:
    await store.save("a", "one", revision=1, expected=None)
    for revision in range(2, 6):
        await asyncio.gather(*(store.load("a") for _ in range(5)))
        assert await kill_connections(place) >= 1
        await asyncio.sleep(0.05)  # until the proxy has passed it on
        assert await store.save("a", "two", revision=revision, expected=revision - 1)


async def test_goes_on_after_a_restart(store: Store, proxy: Proxy) -> None:
    await store.save("a", "one", revision=1, expected=None, terms=Terms(entry="one"))
    await proxy.cut()
    for _ in range(2):
        await fails(store.save("a", "lost", revision=2, expected=1, terms=Terms(entry="lost")), within=4)
    await proxy.open()
    assert await store.load("a") == Stored(1, "one")
    assert await store.save("a", "two", revision=2, expected=1)
    assert await store.history("a") == ["one"]


async def test_a_server_that_is_away_at_first_is_found_later(store: Store, proxy: Proxy) -> None:
    await proxy.cut()
    await fails(store.load("a"), within=4)
    await proxy.open()
    assert await store.load("a") is None


@pytest.mark.usefixtures("hasty")
async def test_a_server_that_never_answers_holds_up_nobody(store: Store, proxy: Proxy) -> None:
    proxy.passing.clear()
    told = await asyncio.gather(*(fails(store.load(str(n)), within=3) for n in range(100)))
    assert all("not answer" in one for one in told)
    proxy.passing.set()
    assert await store.load("a") is None


@pytest.mark.usefixtures("hasty")
async def test_a_server_that_stops_answering_holds_up_nobody(store: Store, proxy: Proxy) -> None:
    await asyncio.gather(*(store.save(str(n), "{}", revision=1, expected=None) for n in range(5)))
    proxy.passing.clear()
    await asyncio.gather(
        *(fails(store.save(str(n), "[]", revision=2, expected=1), within=4) for n in range(5))
    )
    proxy.passing.set()
    await store.load("0")
    kept = await asyncio.gather(*(store.load(str(n)) for n in range(5)))
    assert all(one in (Stored(1, "{}"), Stored(2, "[]")) for one in kept)  # nobody can tell which


@pytest.mark.usefixtures("hasty")
async def test_closes_though_the_server_hangs(store: Store, proxy: Proxy) -> None:
    await store.load("a")
    proxy.passing.clear()
    hanging = asyncio.create_task(fails(store.load("a"), within=4))
    await asyncio.sleep(0.01)
    await asyncio.wait_for(store.close(), 4)
    await hanging


async def test_a_caller_that_goes_away_disturbs_nobody(store: Store, proxy: Proxy) -> None:
    proxy.passing.clear()
    calls = [asyncio.create_task(store.load("a")) for _ in range(30)]
    await asyncio.sleep(0.05)
    for call in calls[:20]:
        call.cancel()
    proxy.passing.set()
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert done[20:] == [None] * 10
    assert await store.save("a", "{}", revision=1, expected=None)


async def test_a_loop_that_ends_takes_its_connections_along(place: str) -> None:
    store = choose_store(place)

    def use() -> None:
        asyncio.run(store.save("a", "{}", revision=1, expected=None))

    await asyncio.to_thread(use)
    await asyncio.sleep(0.05)
    assert await kill_connections(place) == 0
    assert await store.load("a")
    assert await kill_connections(place) == 1
    await store.close()


async def test_refuses_work_after_close_and_what_a_newer_version_wrote(place: str) -> None:
    store = choose_store(place)
    await store.save("a", "{}", revision=1, expected=None)
    await store.close()
    assert "closed" in await fails(store.load("a"), within=1)
    name = place.partition("=")[2].partition("&")[0]
    if place.startswith("redis"):
        async with on_redis() as admin:
            await admin.set(f"{name}version", 9)
    else:
        async with on_postgres() as admin:
            await admin.execute(f"UPDATE {name}.handoff_version SET version = 9")  # noqa: S608
    newer = choose_store(place)
    assert "newer version" in await fails(newer.load("a"), within=4)
    await newer.close()


@pytest.mark.parametrize("kind", ["postgresql", "redis"])
async def test_tells_which_server_and_no_password(kind: str) -> None:
    async with proxy_to("127.0.0.1", 1) as nobody:
        await nobody.cut()
        store = choose_store(f"{kind}://ada:s3cret-p%40ss@127.0.0.1:{nobody.port}/7")
        told = await fails(store.save("a", "very private", revision=1, expected=None), within=4)
        assert told.startswith(f"{kind}://127.0.0.1:{nobody.port}/7: ")
        assert not any(word in told for word in ("ada", "s3cret", "private"))
        await store.close()
