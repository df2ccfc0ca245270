"""Processes that are killed at every step of a handoff, one after the other, and others that go on for them.

`python -m tests.faults.crasher FOLDER`: FOLDER holds `queues.yaml`, and `before.db` if something was stored before.
For step 1, 2, … a process begins a conversation and is killed there; a second one goes on. One line of JSON for each
tells what was done, until a process came to its end. Forked from here, so that each takes no second to begin.
"""

import asyncio
import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from agent import Chat, HandoffAgent, User
from agent.catalogue.source import CatalogueSource
from agent.models.embedded import EmbeddedModel
from agent.stores.base import RESERVED
from agent.stores.sqlite import SQLiteStore
from tests.faults.people import ADA, WORDS, said
from tests.support import small


class Killer:
    """Kills this process at step `at`; a step is before or after anything that leaves the process."""

    def __init__(self, at: int, file: Path) -> None:
        self._at, self._file, self._steps = at, file, 0

    def step(self, name: str) -> None:
        self._steps += 1
        if self._steps == self._at:
            self._file.write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, call: Callable[..., Awaitable[Any]]) -> Any:
        async def stepped(*arguments: Any, **more: Any) -> Any:
            self.step(f"before {name}")
            result = await call(*arguments, **more)
            self.step(f"after {name}")
            return result

        return stepped


def agent_on(source: CatalogueSource, store: SQLiteStore, killer: Killer | None = None) -> HandoffAgent:
    if killer:
        store.save = killer.around("save", store.save)  # type: ignore[method-assign]
    agent = HandoffAgent(source, model=EmbeddedModel(), store=store, clock=lambda: small.OPEN)
    target = agent._runtime.desk().target
    if killer:
        target.open = killer.around("open", target.open)  # type: ignore[method-assign]
        _watch_requests(killer)
    return agent


def _watch_requests(killer: Killer) -> None:
    from agent.targets.beyondtrust.transport import Transport

    Transport.send = killer.around("request", Transport.send)  # type: ignore[method-assign]


async def first(source: CatalogueSource, file: Path, at: int) -> None:
    """The one that is killed. What it shows stands in a file, as on a screen."""
    killer = Killer(at, file.with_suffix(".step"))
    agent = agent_on(source, SQLiteStore(file), killer)
    chat = agent.start(ADA)
    await chat.send(WORDS)
    killer.step("before press")
    reply = await chat.press("start")
    if reply.handoff:
        file.with_suffix(".screen").write_text(reply.handoff.url)
    killer.step("after showing")


async def second(source: CatalogueSource, file: Path) -> None:
    """The person comes back to another process."""
    store = SQLiteStore(file)
    agent = agent_on(source, store)
    chat, before = await _theirs(agent, store), []
    if chat:
        before = said(chat)
    chat = chat or agent.start(ADA)
    if not chat.conversation.handoffs and not chat.conversation.proposal:
        await chat.send(WORDS if WORDS not in before else "are you still there?")
    urls = [(await chat.press("start")).handoff for _ in range(2)]
    kept = [handoff.url for handoff in chat.conversation.handoffs]
    shown = [handoff.url for handoff in urls if handoff]
    told = {"before": before, "said": said(chat), "kept": kept, "shown": shown, "document": chat.dump()}
    file.with_suffix(".told").write_text(json.dumps(told))


async def _theirs(agent: HandoffAgent, store: SQLiteStore) -> Chat | None:
    for id_, _ in await store.after(""):
        chat = None if id_.startswith(RESERVED) else await agent.load(id_)
        if chat and chat.conversation.user == ADA:
            return chat
    return None


def forked(work: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Do `work` in a process of its own; how it ended (`os.waitstatus_to_exitcode`)."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            asyncio.run(work())
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path) -> None:
    source = CatalogueSource(folder / "queues.yaml")
    # Once for all of them: what takes time to import and to make.
    source.current().of(User()).search("a database")
    agent_on(source, SQLiteStore(folder / "none.db"))
    importlib.import_module("anyio._backends._asyncio")
    ended, at = -signal.SIGKILL, 0
    while ended == -signal.SIGKILL:
        at += 1
        file = folder / f"{at}.db"
        if (folder / "before.db").exists():
            shutil.copy(folder / "before.db", file)
        ended = forked(lambda: first(source, file, at))  # noqa: B023 - it is run at once
        went_on = forked(lambda: second(source, file))  # noqa: B023
        line = {
            "ended": ended,
            "went_on": went_on,
            "step": _text(file, ".step"),
            "screen": _text(file, ".screen"),
        }
        print(json.dumps({**line, **json.loads(_text(file, ".told") or "{}")}), flush=True)  # noqa: T201


def _text(file: Path, suffix: str) -> str:
    found = file.with_suffix(suffix)
    return found.read_text() if found.exists() else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
