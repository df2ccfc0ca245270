"""A real server over loopback, in a thread with a loop of its own, and a client that knows who it is."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import jwt

from agent.catalogue.load import load
from agent.data import example_path
from agent.models.base import ChatModel
from agent.models.embedded import EmbeddedModel
from agent.server.app import create_app
from agent.server.run import PatientServer
from agent.server.settings import ServerSettings
from agent.serving import listen
from agent.stores.base import Store
from agent.stores.memory import MemoryStore
from tests.support import small

ACME, OTHER = "acme-key-0123456789", "other-key-0123456789"
SECRET = "a secret of the host, of 32 bytes or more: for a longer hash it takes 64"
ISSUER, AUDIENCE = "https://intranet.acme.com", "handoff"
KEYS = f"acme:{ACME},other:{OTHER}"


def settings(**values: Any) -> ServerSettings:
    return ServerSettings(**values)


def with_keys(**more: Any) -> ServerSettings:
    return settings(api_keys=KEYS, **more)


def with_tokens(**more: Any) -> ServerSettings:
    tokens = {
        "token_issuer": ISSUER,
        "token_audience": AUDIENCE,
        "token_algorithm": "HS256",
        "token_key": SECRET,
    }
    return settings(**{"api_keys": KEYS, **tokens, **more})


def claims(subject: str = "ada", **more: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 3000, "tenant": "acme"}
    return {name: value for name, value in {**told, **more}.items() if value is not None}


def token(subject: str = "ada", *, key: Any = SECRET, algorithm: str = "HS256", **more: Any) -> str:
    return jwt.encode(claims(subject, **more), key, algorithm)


@dataclass
class Serving:
    url: str
    server: PatientServer

    def client(self, secret: str | None = None, **headers: str) -> httpx2.Client:
        if secret is not None:
            headers["authorization"] = f"Bearer {secret}"
        return httpx2.Client(base_url=self.url, headers=headers, trust_env=False, timeout=20)


@contextlib.contextmanager
def serving(
    folder: Path,
    *,
    model: ChatModel | None = None,
    store: Store | None = None,
    settings: ServerSettings | None = None,
    example: bool = False,
    queues: str = small.YAML,
    warm: bool = True,
) -> Iterator[Serving]:
    """While this holds, a server of the catalogue `queues`, or of the shipped example, runs in a thread."""
    kept = store or MemoryStore()
    catalogue = load(example_path()) if example else small.catalogue(folder, queues)
    agent = small.agent_over(catalogue, model or EmbeddedModel(), store=kept)
    app = create_app(agent, kept, settings or ServerSettings())
    listener = listen("127.0.0.1", 0)
    server = PatientServer(app, seconds=30)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    try:
        while not server.started or (warm and app.state.service.warming):
            assert thread.is_alive()
            time.sleep(0.005)
        yield Serving(f"http://127.0.0.1:{listener.getsockname()[1]}", server)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def begin(client: httpx2.Client, text: str = "my SQL database is slow", **user: Any) -> dict[str, Any]:
    """A conversation's first reply."""
    body = {"text": text, **({"user": user} if user else {})}
    answer = client.post("/v1/conversations", json=body)
    assert answer.status_code == 201, answer.text
    reply: dict[str, Any] = answer.json()
    return reply
