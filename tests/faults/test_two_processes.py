"""Two processes, one file, one accepted proposal: one URL, on both screens."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from agent import Chat, HandoffAgent
from agent.catalogue.source import CatalogueSource
from agent.models.embedded import EmbeddedModel
from agent.stores.sqlite import SQLiteStore
from tests.faults.people import ADA, WORDS
from tests.support import small
from tests.support.appliance import Running
from tests.targets.beyondtrust import setting

ROUNDS = [("start", "start"), ("start", "yes"), ("yes", "start"), ("start", "start")]


async def line_of(process: Process) -> str:
    assert process.stdout
    return (await process.stdout.readline()).decode().strip()


async def tell(processes: list[Process], *lines: str) -> list[str]:
    """Give each process its line, all at once; what each says to it."""
    for process, line in zip(processes, lines, strict=True):
        assert process.stdin
        process.stdin.write(f"{line}\n".encode())
    return await asyncio.gather(*map(line_of, processes))


async def begun(stack: AsyncExitStack, folder: Path) -> list[Process]:
    command = [
        sys.executable,
        "-m",
        "tests.faults.presser",
        str(folder / "queues.yaml"),
        str(folder / "chats.db"),
    ]
    processes = [await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE) for _ in range(2)]
    for process in processes:
        stack.push_async_callback(process.communicate, b"")  # the end of its input ends it
    assert await asyncio.gather(*map(line_of, processes)) == ["ready"] * 2
    return processes


async def proposed(agent: HandoffAgent) -> Chat:
    chat = agent.start(ADA)
    assert (await chat.send(WORDS)).proposal
    return chat


async def both_say_yes(folder: Path) -> list[str]:
    """The one URL of each round."""
    agent = HandoffAgent(
        CatalogueSource(folder / "queues.yaml"),
        model=EmbeddedModel(),
        store=SQLiteStore(folder / "chats.db"),
        clock=lambda: small.OPEN,
    )
    urls: list[str] = []
    async with agent, AsyncExitStack() as stack:
        processes = await begun(stack, folder)
        for did in ROUNDS:
            chat = await proposed(agent)
            assert await tell(processes, *(f"{chat.id} {what}" for what in did)) == ["loaded"] * 2
            shown = await tell(processes, "go", "go")
            after = await agent.load(chat.id)
            assert after
            (handoff,) = after.conversation.handoffs
            # A yes that comes after the other one's is no second handoff: a press is answered by the same URL.
            for what, url in zip(did, shown, strict=True):
                assert url in ((handoff.url,) if what == "start" else (handoff.url, "none"))
            urls.append(handoff.url)
    return urls


async def test_a_link(tmp_path: Path) -> None:
    small.catalogue(tmp_path)
    assert len(set(await both_say_yes(tmp_path))) == len(ROUNDS)


async def test_a_session_key(tmp_path: Path, appliance: Running) -> None:
    setting.catalogue(tmp_path, setting.host_of(appliance))
    urls = await both_say_yes(tmp_path)
    made = [key for key in appliance.keys.all if any(url.endswith(key.access_key) for url in urls)]
    assert len(made) == len(ROUNDS)
    # What the slower one made is never shown; nor is what was made before a message came in between.
    assert len(appliance.keys.all) <= 3 * len(ROUNDS)


@pytest.mark.parametrize("texts", [("it is urgent", "and it began today"), ("start", "it is urgent")])
async def test_what_both_say_is_kept(tmp_path: Path, texts: tuple[str, str]) -> None:
    small.catalogue(tmp_path)
    agent = HandoffAgent(
        CatalogueSource(tmp_path / "queues.yaml"),
        model=EmbeddedModel(),
        store=SQLiteStore(tmp_path / "chats.db"),
        clock=lambda: small.OPEN,
    )
    async with agent, AsyncExitStack() as stack:
        processes = await begun(stack, tmp_path)
        chat = await proposed(agent)
        await tell(processes, *(f"{chat.id} {text}" for text in texts))
        await tell(processes, "go", "go")
        after = await agent.load(chat.id)
        assert after
        kept = [message.text for message in after.conversation.messages if message.role == "user"]
        assert {text for text in texts if text != "start"} <= set(kept)
        assert not after.conversation.unanswered
        assert len(after.conversation.handoffs) <= 1
