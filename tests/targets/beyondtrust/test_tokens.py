"""One token for all, renewed before it ends; nobody waits who need not."""

import asyncio
import json
from pathlib import Path

import pytest

from agent.stores.base import Store
from agent.stores.memory import MemoryStore
from agent.targets.beyondtrust.budget import Budget, Usage
from agent.targets.beyondtrust.problems import Transient
from agent.targets.beyondtrust.shared import Shared
from agent.targets.beyondtrust.tokens import Token, Tokens
from agent.targets.beyondtrust.transport import Transport
from tests.support.appliance import Clock

from .accounts import CLIENT_ID, credentials
from .raw_server import RawServer, raw_server, reply


def shared(store: Store, host: str) -> Shared[Token]:
    return Shared(store, "token", host, CLIENT_ID, Token())


def tokens(server: RawServer, store: Store, clock: Clock, *, seconds: float = 5) -> Tokens:
    budget = Budget(Shared(store, "budget", server.host, CLIENT_ID, Usage()), clock=clock)
    used = credentials(server.ca_file)
    transport = Transport(server.host, used.tls(), budget, seconds=seconds)
    return Tokens(transport, used, shared(store, server.host), clock=clock)


def numbered(made: list[int], seconds: int = 3600) -> bytes:
    made.append(len(made) + 1)
    return reply(json.dumps({"access_token": f"token-{made[-1]}", "expires_in": seconds}).encode())


async def test_it_serves_until_shortly_before_its_end() -> None:
    made: list[int] = []
    clock, store = Clock(), MemoryStore()
    async with raw_server(lambda _: numbered(made)) as server:
        assert await tokens(server, store, clock).get() == "token-1"
        clock.pass_(3299)
        assert await tokens(server, store, clock).get() == "token-1"
        clock.pass_(2)
        assert await tokens(server, store, clock).get() == "token-2"
        assert await tokens(server, store, clock).get(refused="token-1") == "token-2"
        assert await tokens(server, store, clock).get(refused="token-2") == "token-3"
    assert made == [1, 2, 3]


async def test_a_short_life_is_used() -> None:
    made: list[int] = []
    clock, store = Clock(), MemoryStore()
    async with raw_server(lambda _: numbered(made, 120)) as server:
        for seconds in (0, 80, 20):
            clock.pass_(seconds)
            await tokens(server, store, clock).get()
    assert made == [1, 2]


async def test_while_one_renews_the_others_use_the_old_one() -> None:
    clock, store = Clock(), MemoryStore()
    async with raw_server(lambda _: reply(b"")) as server:
        kept = Token(token="old", ends=clock() + 200, leased=clock() + 5)
        await shared(store, server.host).write(kept, await shared(store, server.host).read())
        assert await tokens(server, store, clock).get() == "old"
        assert server.requests == []
        clock.now = kept.ends - 5  # too late for the old one: they wait
        kept = kept.model_copy(update={"leased": clock() + 5})
        await shared(store, server.host).write(kept, await shared(store, server.host).read())
        waiting = asyncio.create_task(tokens(server, store, clock).get())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        new = Token(token="new", renew=clock() + 3300, ends=clock() + 3600)
        await shared(store, server.host).write(new, await shared(store, server.host).read())
        assert await waiting == "new"
        assert server.requests == []


async def test_whoever_took_it_on_may_have_died() -> None:
    made: list[int] = []
    clock, store = Clock(), MemoryStore()
    async with raw_server(lambda _: numbered(made)) as server:
        dead = Token(leased=clock() + 10)
        await shared(store, server.host).write(dead, await shared(store, server.host).read())
        waiting = asyncio.create_task(tokens(server, store, clock).get())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        clock.pass_(11)
        assert await waiting == "token-1"


async def test_after_a_failure_the_next_one_may_try_at_once() -> None:
    made: list[int] = []
    clock, store = Clock(), MemoryStore()
    answers = [b"", b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"]
    async with raw_server(lambda _: answers.pop(0) if answers else numbered(made)) as server:
        for _ in range(2):
            with pytest.raises(Transient):
                await tokens(server, store, clock).get()
        assert await asyncio.wait_for(tokens(server, store, clock).get(), 2) == "token-1"


async def test_a_slow_one_is_given_up_before_its_lease_ends(tmp_path: Path) -> None:
    clock, store = Clock(), MemoryStore()
    async with raw_server(lambda _: numbered([])) as server:
        budget = Budget(Shared(store, "budget", server.host, CLIENT_ID, Usage()), clock=clock)
        await budget.hold(5)  # so that the request itself does not even begin
        begin = asyncio.get_running_loop().time()
        with pytest.raises(Transient, match="gave no token in time"):
            await tokens(server, store, clock, seconds=0.3).get()
        assert asyncio.get_running_loop().time() - begin < 1
        assert (await shared(store, server.host).read()).value == Token()  # the lease is given back


async def test_forty_at_once_when_it_ends() -> None:
    made: list[int] = []
    clock, store = Clock(), MemoryStore()
    async with raw_server(lambda _: numbered(made)) as server:
        clients = [tokens(server, store, clock) for _ in range(40)]
        for _ in range(3):
            got = await asyncio.gather(*(client.get() for client in clients))
            # Whoever does not renew may go on with the old one for its last minutes.
            assert set(got) <= {f"token-{made[-1]}", f"token-{made[-1] - 1}"}
            clock.pass_(3400)
    assert made == [1, 2, 3]
