"""One server after the other is told to end and started anew, while people talk: no request fails."""

import asyncio
import signal
from pathlib import Path

import httpx2

from .fleet import Fleet, Person, fleet

PEOPLE = 6


async def test_a_rolling_restart_fails_no_request(tmp_path: Path) -> None:
    async with fleet("postgres", tmp_path, 2) as (servers, client):
        done = asyncio.Event()
        talking = [asyncio.create_task(_talk(client, done)) for _ in range(PEOPLE)]
        for port in servers.ports:
            await _restarted(servers, port)
        done.set()
        met = [person for people in await asyncio.gather(*talking) for person in people]
        assert not [why for person in met for why in person.failed]
        assert len(met) > PEOPLE


async def _restarted(servers: Fleet, port: int) -> None:
    await _work_of(servers, port)
    old = servers.running[port]
    old.started.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(old.started.wait, 60) == 0
    await asyncio.to_thread(servers.start, port)
    await _work_of(servers, port)


async def _work_of(servers: Fleet, port: int) -> None:
    """Wait until it has taken turns."""
    while not await asyncio.to_thread(servers.number, port, "handoff_turns_total"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _talk(client: httpx2.AsyncClient, done: asyncio.Event) -> list[Person]:
    met = []
    while not done.is_set():
        met.append(person := Person(client))
        await person.begin("my SQL database is slow")
        await person.press("start")
        assert (await person.read())["phase"] == "handed_off"
    return met
