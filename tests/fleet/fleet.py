"""Several `handoff serve` processes over one store, behind nginx, and people who talk through it."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx2

from tests.server.processes import Process, process, wait_until_ready
from tests.stores.places import place_of
from tests.support.openai_stub import OpenAIStub

from .nginx import Nginx, free_ports, nginx

KEY = "a-key-of-the-fleet-0123456789"
KNOWN = {"authorization": f"Bearer {KEY}"}
QUEUES = """
version: 1
target: {kind: url_template, url: "https://chat.example.com/start/{queue_id}?ref={reference}"}
default_queue: desk
queues:
  - {id: desk, name: Service Desk, description: "Everything about computers that fits nowhere else."}
  - {id: 71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee, name: Database Support, description: "SQL databases: failing queries."}
"""


class Fleet:
    """Each process has a port that it keeps, so that another one can take its place."""

    def __init__(
        self, place: str, ports: list[int], queues: Path, proxy: Nginx, stub: OpenAIStub | None
    ) -> None:
        self.place = place
        self._queues = queues
        self.ports = ports
        self.proxy = proxy
        self._stub = stub
        self._stack = contextlib.ExitStack()
        self.running: dict[int, Process] = {}

    def start(self, port: int) -> None:
        """Start one, and wait until it is ready."""
        environ = {"HANDOFF_API_KEYS": f"acme:{KEY}", "HANDOFF_DRAIN": "2"}
        one = process(self.place, self._stub, port=port, queues=self._queues, **environ)
        self.running[port] = self._stack.enter_context(one)
        wait_until_ready(self.running[port].url)

    def stop_all(self) -> None:
        self._stack.close()

    def number(self, port: int, name: str) -> float:
        """What a process counts itself, asked past nginx."""
        with self.running[port].client(**KNOWN) as client:
            lines = client.get("/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    def client(self) -> httpx2.AsyncClient:
        limits = httpx2.Limits(max_connections=None)
        return httpx2.AsyncClient(
            base_url=self.proxy.url,
            verify=self.proxy.trust,
            headers=KNOWN,
            trust_env=False,
            timeout=60,
            limits=limits,
        )


@contextlib.asynccontextmanager
async def fleet(
    kind: str, folder: Path, size: int, stub: OpenAIStub | None = None
) -> AsyncIterator[tuple[Fleet, httpx2.AsyncClient]]:
    async with place_of(kind, folder) as place:
        ports = free_ports(size)
        queues = folder / "queues.yaml"
        queues.write_text(QUEUES, "utf-8")
        with nginx(folder, ports) as proxy:
            made = Fleet(place, ports, queues, proxy, stub)
            try:
                await asyncio.gather(*(asyncio.to_thread(made.start, port) for port in ports))
                async with made.client() as client:
                    yield made, client
            finally:
                made.stop_all()


class Person:
    """Says and presses, and does again with the same key what was not answered; `failed` says why."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self.id = ""
        self.failed: list[str] = []

    @property
    def at(self) -> str:
        return f"/v1/conversations/{self.id}"

    async def begin(self, text: str) -> dict[str, Any]:
        reply = await self._asked("/v1/conversations", {"text": text})
        self.id = reply["id"]
        return reply

    async def say(self, text: str) -> dict[str, Any]:
        return await self._asked(f"{self.at}/messages", {"text": text})

    async def press(self, action: str, **more: str) -> dict[str, Any]:
        return await self._asked(f"{self.at}/actions", {"action": action, **more})

    async def read(self) -> dict[str, Any]:
        answer = await self._client.get(self.at)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def watch(self, text: str) -> dict[str, Any]:
        """Say `text`, and follow the events."""
        headers = {"accept": "text/event-stream", "idempotency-key": token_hex(8)}
        while True:
            try:
                if await self._followed(text, headers):
                    return (await self.read())["reply"]  # type: ignore[no-any-return]
                self.failed.append("it ended too early")
            except httpx2.TransportError as error:
                self.failed.append(repr(error))
            await asyncio.sleep(random.random() / 5)  # noqa: S311 — a pause

    async def _followed(self, text: str, headers: dict[str, str]) -> bool:
        turn = self._client.stream("POST", f"{self.at}/messages", json={"text": text}, headers=headers)
        async with turn as answer:
            if answer.status_code != 200:
                return False
            async for line in answer.aiter_lines():
                if line == "event: turn_end":
                    return True
        return False

    async def _asked(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        key = {"idempotency-key": token_hex(8)}
        while True:
            try:
                answer = await self._client.post(path, json=body, headers=key)
                if answer.status_code in (200, 201):
                    reply: dict[str, Any] = answer.json()
                    return reply
                assert answer.status_code >= 500, answer.text
                if "store-unavailable" not in answer.text:  # a database under load may say so at any time
                    self.failed.append(f"{answer.status_code} {answer.text}")
            except httpx2.TransportError as error:
                self.failed.append(repr(error))
            await asyncio.sleep(random.random() / 5)  # noqa: S311
