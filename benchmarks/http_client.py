"""People over HTTP, for `http_load`: a few lines over sockets, so that they take little of the processors."""

import asyncio
import json
import re
import ssl
import time
from typing import Any, NamedTuple, Self

KEY = "a-key-of-the-benchmark"


class Address(NamedTuple):
    """Where the servers are; with `trust`, over TLS."""

    port: int
    trust: ssl.SSLContext | None = None


class Client:
    """One connection that is kept."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, address: Address) -> Self:
        host = "localhost" if address.trust else "127.0.0.1"
        return cls(*await asyncio.open_connection(host, address.port, ssl=address.trust))

    async def post(self, path: str, body: dict[str, Any], accept: str = "application/json") -> bytes:
        data = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\nauthorization: Bearer {KEY}\r\n"
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


async def conversation(client: Client, took: list[float]) -> None:
    """Three turns: a question, a proposal, the press that makes the handoff."""

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


async def load(address: Address, conversations: int, at_once: int) -> tuple[float, list[float]]:
    """Seconds in all, and of each turn."""
    took: list[float] = []
    left = iter(range(conversations))

    async def worker() -> None:
        client = await Client.to(address)
        for _ in left:
            await conversation(client, took)
        client.close()

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return time.perf_counter() - begun, took
