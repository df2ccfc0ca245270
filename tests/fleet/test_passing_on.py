"""What nginx passes on, and what it does not."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx2

from tests.support.openai_stub import OpenAIStub, brain

from .fleet import Fleet, fleet

PAUSE = 0.05
"""Seconds between the pieces of the model's answer, of which there are dozens."""


async def test_what_is_passed_on(tmp_path: Path) -> None:
    with OpenAIStub(lambda request: replace(brain(request), pause=PAUSE)) as stub:
        async with fleet("sqlite", tmp_path, 1, stub) as (servers, client):
            await _events_come_as_they_happen(client)
            await _some_paths_are_for_the_operator(servers, client)
            page = {"origin": servers.proxy.url}  # its own, with the port
            assert (await client.get("/openapi.json", headers=page)).status_code == 200
            large = await client.post("/v1/conversations", content=b"x" * (2**20 + 1))
            assert large.status_code == 413
            await asyncio.to_thread(servers.proxy.reload)
            async with servers.client() as another:
                assert (await another.get("/healthz")).status_code == 200


async def _events_come_as_they_happen(client: httpx2.AsyncClient) -> None:
    said, headers = {"text": "my SQL database is slow"}, {"accept": "text/event-stream"}
    at: dict[str, float] = {}
    async with client.stream("POST", "/v1/conversations", json=said, headers=headers) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                at.setdefault(line, asyncio.get_running_loop().time())
    assert at["event: step"] - at["event: conversation"] > 2 * PAUSE
    assert at["event: turn_end"] - at["event: step"] > 2 * PAUSE


async def _some_paths_are_for_the_operator(servers: Fleet, client: httpx2.AsyncClient) -> None:
    for path in ("/metrics", "/readyz"):
        assert (await client.get(path)).status_code == 404
    assert (await client.get("/healthz")).status_code == 200
    asked = await client.get(f"{servers.proxy.plain_url}/v1/x?y=1")
    assert asked.status_code == 308
    assert asked.headers["location"] == "https://localhost/v1/x?y=1"
