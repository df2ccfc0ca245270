"""The commands of docs/moveworks.md, run by curl against the three addresses that they call."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent import Chat, HandoffAgent, Reply, User
from agent.background import run
from agent.data import example_path
from tests.renderers.seed import URL

Json = dict[str, Any]
PAGE = Path(__file__).parent.parent.joinpath("docs", "moveworks.md").read_text("utf-8")
COMMANDS = re.findall(r"```sh\n(curl .*?)```", PAGE, re.DOTALL)
KEY, EMAIL = "test-key-1234567890", "ada@acme.com"


class _Door:
    """What `handoff serve` does with the three calls."""

    def __init__(self, agent: HandoffAgent) -> None:
        self._agent = agent
        self._chats: dict[str, Chat] = {}

    def answer(self, path: str, body: Json) -> Reply:
        _, version, kind, *rest = path.split("/")
        assert (version, kind) == ("v1", "conversations")
        if not rest:
            chat = self._agent.start(User(**body["user"]))
            self._chats[chat.id] = chat
            return chat.send_sync(body["text"])
        chat = self._chats[rest[0]]
        return chat.send_sync(body["text"]) if rest[1] == "messages" else chat.press_sync(**body)


@pytest.fixture
def served() -> Iterator[str]:
    agent = HandoffAgent.from_file(example_path(), model="embedded")
    door = _Door(agent)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["authorization"] == f"Bearer {KEY}"
            assert self.headers["handoff-user"] == EMAIL
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = door.answer(self.path, body).model_dump_json().encode()
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    run(agent.close())


def test_the_commands_lead_to_the_link(served: str) -> None:
    known = {"HANDOFF": served, "KEY": KEY, "EMAIL": EMAIL}
    replies: list[Json] = []
    assert len(COMMANDS) == 3
    for command in COMMANDS:
        done = subprocess.run(  # noqa: S603
            ["bash", "-c", command],  # noqa: S607
            env={**os.environ, **known},
            capture_output=True,
            check=True,
            timeout=60,
        )
        reply = json.loads(done.stdout)
        replies.append(reply)
        known |= {"ID": reply["id"], "PROPOSAL": (reply["proposal"] or {}).get("id", "")}
    assert [reply["phase"] for reply in replies] == ["gathering", "proposed", "handed_off"]
    assert replies[-1]["handoff"]["url"] == URL
