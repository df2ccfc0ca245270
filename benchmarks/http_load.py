"""`handoff serve` under load: turns a second, the wait, processor time and memory, with a model that answers at once.

    python -m benchmarks.http_load --store memory --store bench.db --at-once 32 --conversations 1000
    python -m benchmarks.http_load --store bench.db --streams 1000

A conversation is three turns: a question, a proposal, the press that makes the handoff. The client is a few lines
over sockets, on the same machine: it takes its share of the processors, and the numbers include it.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from benchmarks.model_server import running as model_server

_TICKS = os.sysconf("SC_CLK_TCK")


class Client:
    """One connection that is kept."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, body: dict[str, Any], accept: str = "application/json") -> bytes:
        data = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
        )
        self._writer.write(head.encode() + data)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        assert answer.startswith(b"http/1.1 20"), answer
        length = re.search(rb"content-length: (\d+)", answer)
        if length:
            return await self._reader.readexactly(int(length[1]))
        whole = b""
        while size := int(await self._reader.readline(), 16):
            whole += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()
        return whole

    def close(self) -> None:
        self._writer.close()


@dataclass
class Server:
    port: int
    pid: int

    def seconds(self) -> float:
        """Of a processor that it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def megabytes(self) -> float:
        """Of memory that it holds now."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text("utf-8"))
        assert found
        return int(found[1]) / 1024


@contextmanager
def server(store: str, model_url: str | None) -> Iterator[Server]:
    environ = {
        **os.environ,
        "HANDOFF_MODEL": "bench" if model_url else "embedded",
        "OPENAI_BASE_URL": model_url or "",
    }
    command = [sys.executable, "-m", "agent.cli.main", "serve", "--port", "0", "--store", store]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as started:
        assert started.stdout
        said = started.stdout.readline()
        try:
            yield Server(int(said.rpartition(":")[2]), started.pid)
        finally:
            started.terminate()


async def conversation(client: Client, took: list[float]) -> None:
    async def turn(path: str, body: dict[str, Any]) -> dict[str, Any]:
        begun = time.perf_counter()
        reply: dict[str, Any] = json.loads(await client.post(path, body))
        took.append(time.perf_counter() - begun)
        return reply

    asked = await turn("/v1/conversations", {"text": "I'd like to speak to a live agent"})
    at = f"/v1/conversations/{asked['id']}"
    shown = await turn(f"{at}/messages", {"text": "strange issue with a SQL database"})
    done = await turn(f"{at}/actions", {"action": "start", "proposal": shown["proposal"]["id"]})
    assert done["handoff"]["url"].startswith("https://")


async def load(port: int, conversations: int, at_once: int) -> tuple[float, list[float]]:
    """Seconds in all, and of each turn."""
    took: list[float] = []
    left = iter(range(conversations))

    async def worker() -> None:
        client = await Client.to(port)
        for _ in left:
            await conversation(client, took)
        client.close()

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return time.perf_counter() - begun, took


def measure(store: str, conversations: int, at_once: int, model_url: str | None) -> None:
    with server(store, model_url) as running:
        asyncio.run(load(running.port, 20, 4))  # warm
        cpu, memory = running.seconds(), running.megabytes()
        seconds, took = asyncio.run(load(running.port, conversations, at_once))
        cpu, grown = running.seconds() - cpu, running.megabytes() - memory
    cuts = statistics.quantiles(took, n=100)
    print(
        f"{store:>12}  {at_once:4} at once  {len(took) / seconds:7.0f} turns/s  p50 {cuts[49] * 1000:6.1f} ms  "
        f"p99 {cuts[98] * 1000:6.1f} ms  {cpu / len(took) * 1000:5.2f} ms of processor a turn  "
        f"{memory:4.0f} MB, {grown / conversations * 1024:+.1f} KB a conversation"
    )


async def open_streams(running: Server, streams: int) -> None:
    """All at once, while the model thinks for a long time."""
    clients = [await Client.to(running.port) for _ in range(streams)]
    memory = running.megabytes()
    begun = time.perf_counter()
    said = {"text": "I'd like to speak to a live agent"}
    turns = [asyncio.create_task(c.post("/v1/conversations", said, "text/event-stream")) for c in clients]
    await asyncio.sleep(15)
    held = running.megabytes()
    ended = await asyncio.gather(*turns)
    seconds = time.perf_counter() - begun
    assert all(b'"type":"turn_end"' in told for told in ended)
    for client in clients:
        client.close()
    print(
        f"{streams} streams at once, the last ended after {seconds:.1f} s: {(held - memory) / streams * 1024:.0f} KB each"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", action="append", help="as `handoff serve` takes it; repeatable")
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 32])
    parser.add_argument(
        "--embedded", action="store_true", help="the embedded model instead of one behind a server"
    )
    parser.add_argument("--streams", type=int, help="hold so many event streams open instead")
    options = parser.parse_args()
    for store in options.store or ["memory", "bench.db"]:
        with model_server(20.0 if options.streams else 0.0) as url:
            if options.streams:
                with server(store, url) as running:
                    asyncio.run(open_streams(running, options.streams))
                continue
            for at_once in options.at_once:
                measure(store, options.conversations, at_once, None if options.embedded else url)


if __name__ == "__main__":
    main()
