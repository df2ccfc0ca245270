"""Killed at every step of a handoff, really: another process goes on, with one handoff, and nothing is lost."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from agent import HandoffAgent, User
from agent.catalogue.source import CatalogueSource
from agent.models.embedded import EmbeddedModel
from agent.stores.sqlite import SQLiteStore
from tests.faults.people import WORDS
from tests.support import small
from tests.support.appliance import Running
from tests.targets.beyondtrust import setting


async def killed(folder: Path) -> list[dict[str, Any]]:
    """What came of each step at which a process was killed; the last one was not."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.crasher", str(folder), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await running.communicate()
    assert running.returncode == 0
    told = [json.loads(line) for line in out.decode().splitlines()]
    assert {one["went_on"] for one in told} == {0}
    assert {one["ended"] for one in told[:-1]} == {-signal.SIGKILL}
    assert told[-1]["ended"] == 0
    return told


def check(told: list[dict[str, Any]]) -> None:
    """At most one handoff, the same on every screen; what was kept once is never lost."""
    for one in told:
        assert len(one["kept"]) == 1, one["step"]
        assert one["shown"] == one["kept"] * 2, one["step"]
        assert one["screen"] in ("", one["kept"][0]), one["step"]
        assert one["said"][0] == WORDS, one["step"]
        assert one["said"].count(WORDS) == 1, one["step"]
    first_kept = next(number for number, one in enumerate(told) if one["before"])
    assert (
        told[first_kept]["step"] == "after save"
    )  # the very first: the message is kept before anything else
    assert all(one["before"] == [WORDS] for one in told[first_kept:])


async def test_a_link(tmp_path: Path) -> None:
    small.catalogue(tmp_path)
    told = await killed(tmp_path)
    check(told)
    assert [one["step"] for one in told] == [
        *["before save", "after save"] * 3,  # the key of pseudonyms, the message, its answer
        "before press",
        *["before open", "after open", "before save", "after save", "after showing"],
        "",
    ]
    assert all("rosebud" in one["kept"][0] for one in told)


async def test_a_session_key(tmp_path: Path, appliance: Running) -> None:
    setting.catalogue(tmp_path, setting.host_of(appliance))
    await _sign_in(tmp_path)
    made = len(appliance.keys.all)
    told = await killed(tmp_path)
    check(told)
    steps = [one["step"] for one in told]
    assert steps.count("before request") == steps.count("after request") == 1
    keys = appliance.keys.all[made:]
    shown = {one["kept"][0] for one in told}
    assert len(shown) == len(told)  # each of these conversations has a key of its own
    lost = [key for key in keys if not any(url.endswith(key.access_key) for url in shown)]
    # One for each process that was killed between the request and the commit; nobody ever sees it.
    begun, kept = steps.index("after request"), len(steps) - 1 - steps[::-1].index("before save")
    assert len(lost) == kept - begun + 1
    for one in told:
        assert not any(key.access_key in one["document"] or key.short_key in one["document"] for key in lost)


async def _sign_in(folder: Path) -> None:
    """Somebody else's handoff, so that a token is there for the next ones."""
    store = SQLiteStore(folder / "before.db")
    source = CatalogueSource(folder / "queues.yaml")
    agent = HandoffAgent(source, model=EmbeddedModel(), store=store, clock=lambda: small.OPEN)
    chat = agent.start(User(name="Grace"))
    await chat.send("my SQL database is slow")
    assert (await chat.press("start")).handoff
    await agent.close()
