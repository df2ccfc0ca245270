"""Over standard input and output: nothing but the protocol on it, and a restart in the middle."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest

from agent.stores.sqlite import SQLiteStore
from tests.mcp.setting import (
    agrees,
    catalogue,
    command,
    environment,
    over_stdio,
    page_in,
    proposed,
    refusal,
    start,
)
from tests.mcp.test_page import once

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


def line(method: str, id_: int | None = None, **params: Any) -> str:
    message = {"jsonrpc": "2.0", "method": method, "params": params} | (
        {"id": id_} if id_ is not None else {}
    )
    return json.dumps(message) + "\n"


def test_standard_output_carries_the_protocol_and_nothing_else(tmp_path: Path) -> None:
    said = [
        line("initialize", 1, **HELLO),
        line("notifications/initialized"),
        "this is no JSON\n",
        '{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": 5}\n',
        line(
            "tools/call",
            3,
            name="start_conversation",
            arguments={"text": "my SQL database is slow \U0001f614"},
        ),
        line("tools/call", 4, name="start_conversation", arguments={"text": "x" * 200_000}),
        line("no/such/method", 5),
    ]
    environ = environment()
    del environ["HANDOFF_MODEL"]  # so that there is something to tell the operator
    done = subprocess.run(  # noqa: S603
        command("--queues", catalogue(tmp_path)),
        input="".join(said),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environ,
    )
    answers = {message.get("id"): message for message in map(json.loads, done.stdout.splitlines())}
    assert answers.keys() >= {1, 3, 4, 5}
    assert "No model is set" in done.stderr
    assert all(message["jsonrpc"] == "2.0" for message in answers.values())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(tmp_path: Path, sent: signal.Signals) -> None:
    process = subprocess.Popen(  # noqa: S603
        command("--queues", catalogue(tmp_path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(line("initialize", 1, **HELLO))
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 1
    process.send_signal(sent)
    process.communicate(timeout=20)
    assert process.returncode == -sent


async def test_a_restart_in_the_middle(tmp_path: Path) -> None:
    server = ["--queues", catalogue(tmp_path), "--store", str(tmp_path / "kept.db")]
    ada = [*server, "--email", "ada@acme.com"]
    async with over_stdio(*ada) as client:
        id_, proposal = await proposed(client)
        page = page_in(await start(client, id_))
    async with over_stdio(*server, "--email", "bob@acme.com") as client:
        assert "there is no such" in await refusal(
            client, "send_message", {"conversation_id": id_, "text": "yes"}
        )
    async with over_stdio(*ada) as client, httpx2.AsyncClient() as browser:
        newer = page_in(await start(client, id_))
        # The page of before has moved with the server, and is as good as the new one.
        moved = newer.rpartition("/")[0] + "/" + page.rpartition("/")[2]
        assert moved != newer
        shown = await browser.get(moved)
        assert proposal["summary"] in shown.text
        await browser.post(moved, data={"once": once(shown.text)})
        made = (await start(client, id_))["handoff"]["url"]
    async with over_stdio(*ada, person=agrees()) as client:
        assert (await start(client, id_, proposal=proposal["id"]))["handoff"]["url"] == made
    store = SQLiteStore(tmp_path / "kept.db")
    history = [json.loads(entry) for entry in await store.history(id_)]
    await store.close()
    assert [entry["outcome"] for entry in history].count("handoff") == 1
