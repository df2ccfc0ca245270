"""Several processes on one store, and processes that are killed; each test runs on each store that can be shared."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from agent.records.entry import Entry
from agent.stores.base import Stored, Terms
from agent.stores.choose import choose_store
from tests.stores.places import place_of
from tests.support import small

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.stores.worker", *map(str, arguments)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))  # noqa: S603
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


async def test_of_several_processes_one_wins(place: str, start: Start) -> None:
    # They also race for making the file, or the tables.
    writers = [start("race", place, 60) for _ in range(3)]
    printed = [(await asyncio.to_thread(writer.communicate, timeout=60))[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert sum(map(int, printed)) == 60


async def test_of_presses_in_several_processes_one_hands_off(
    place: str, start: Start, tmp_path: Path
) -> None:
    model = ScriptedModel([SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")])
    store = choose_store(place)
    agent = small.agent_over(small.catalogue(tmp_path), model, store=store)
    chat = agent.start()
    assert (await chat.send("my SQL database is slow")).proposal
    pressing = [start("press", place, chat.id, tmp_path) for _ in range(3)]
    assert [line(process) for process in pressing] == ["ready"] * 3
    for process in pressing:
        assert process.stdin
        process.stdin.write("now\n")
        process.stdin.flush()
    urls = {line(process) for process in pressing}
    final = await agent.load(chat.id)
    assert final
    (handoff,) = final.conversation.handoffs
    assert urls == {handoff.url}
    assert handoff.url.startswith("https://chat.example.com/start/db?")
    entries = [Entry.model_validate_json(entry) for entry in await store.history(chat.id)]
    assert [entry.outcome for entry in entries] == ["proposal", "handoff", "link_again", "link_again"]
    await agent.close()


async def test_a_process_that_is_killed_leaves_both_document_and_entry_or_neither(
    place: str, start: Start
) -> None:
    store = choose_store(place)
    for id_ in ("a", "b", "c"):
        counting = start("count", place, id_)
        assert [line(counting) for _ in range(5)] == ["1", "2", "3", "4", "5"]
        counting.kill()
        assert counting.stdout  # read as the lines before: some may be in its buffer already
        last = int(["5", *(await asyncio.to_thread(counting.stdout.read)).split()][-1])
        # What was on its way to a server may still be carried out, once.
        if not await store.save(id_, "", revision=last + 1, expected=last):
            last += 1
            assert await store.save(id_, "", revision=last + 1, expected=last)
        assert await store.history(id_) == [str(n + 1) for n in range(last)]
    assert await store.tagged("ada") == ["a", "b", "c"]
    await store.close()


async def test_a_process_killed_in_a_transaction_of_sqlite_changes_nothing(
    start: Start, tmp_path: Path
) -> None:
    async with place_of("sqlite", tmp_path) as place:
        store = choose_store(place)
        await store.save("a", "old", revision=1, expected=None, terms=Terms(entry="old"))
        assert start("die", place).wait(30) == -9
        assert await store.load("a") == Stored(1, "old")
        assert await store.history("a") == ["old"]
        assert await store.save("a", "next", revision=2, expected=1)  # its lock is gone
        await store.close()
