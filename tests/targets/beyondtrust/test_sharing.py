"""Token and rate limit belong to the API account, so all processes share them through the store."""

import asyncio
import sys
from pathlib import Path

from agent.stores.base import Store
from agent.stores.memory import MemoryStore
from agent.targets.beyondtrust.credentials import read_credentials
from agent.targets.beyondtrust.key_form import KeyForm
from agent.targets.beyondtrust.make import make_commands
from tests.support.appliance import Running

from .setting import host_of
from .worker import SENDS


def worker(appliance: Running, store: Store) -> KeyForm:
    """A client with nothing of its own but what is in `store`."""
    return KeyForm(make_commands(host_of(appliance), read_credentials(), store, seconds=10))


def valid(appliance: Running) -> int:
    return len(appliance.accounts._tokens["full"])


async def test_forty_workers_share_one_token(appliance: Running, asked: list[str]) -> None:
    store = MemoryStore()
    keys = await asyncio.gather(*(worker(appliance, store).make(SENDS) for _ in range(40)))
    assert len({key.short for key in keys}) == 40
    assert asked.count("/oauth2/token") == 1
    assert asked.count("/api/command/v2/session-key") == 40  # none was refused and tried again


async def test_processes_share_one_token_and_the_rate(appliance: Running, tmp_path: Path) -> None:
    appliance.limits.a_second = 1_000  # it shall see all of them
    appliance.faults.add("slow", 0.5, on="token")  # so that all of them want one at the same time
    command = [
        sys.executable,
        "-m",
        "tests.targets.beyondtrust.worker",
        host_of(appliance),
        str(tmp_path / "shared.db"),
        "10",
    ]
    processes = [
        await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(4)
    ]
    said = await asyncio.gather(*(process.communicate() for process in processes))
    assert [process.returncode for process in processes] == [0] * 4
    assert len({key for out, _ in said for key in out.split()}) == 40
    assert valid(appliance) == 1
    times = sorted(appliance.limits._times["full"])
    assert len(times) == 40
    # Started at 20 a window; on a busy machine some arrive late. Alone, each process would send all of its 10 at once.
    assert max(sum(start <= time < start + 1 for time in times) for start in times) < 30


async def test_forty_workers_after_a_token_was_refused(appliance: Running, asked: list[str]) -> None:
    store = MemoryStore()
    await worker(appliance, store).make(SENDS)
    appliance.accounts._tokens["full"].clear()
    asked.clear()
    await asyncio.gather(*(worker(appliance, store).make(SENDS) for _ in range(40)))
    assert asked.count("/oauth2/token") == 1
    assert len(appliance.keys.all) == 41


async def test_another_account_has_records_of_its_own(appliance: Running) -> None:
    store = MemoryStore()
    for account in ("full", "no-reporting"):
        credentials = read_credentials().model_copy(
            update={
                "client_id": type(read_credentials().client_id)(account),
                "client_secret": type(read_credentials().client_secret)(appliance.secret(account)),
            }
        )
        form = KeyForm(make_commands(host_of(appliance), credentials, store, seconds=10))
        await form.make(SENDS)
    assert len(store._kept) == 4
