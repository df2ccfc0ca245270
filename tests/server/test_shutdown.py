"""No turn is lost: not when the server is told to end, and not when it is killed."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from agent.models.openai_chat import OpenAIModel
from agent.stores.sqlite import SQLiteStore
from tests.support.openai_answers import Canned
from tests.support.openai_stub import OpenAIStub, Request, brain

from .processes import process, wait_until_ready
from .setting import serving

SAID = {"text": "my SQL database is slow"}


class Held:
    """The seed's model, which answers when it is let."""

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()

    def __call__(self, request: Request) -> Canned:
        self.asked.set()
        assert self.let.wait(60)
        return brain(request)


def test_at_sigterm_running_turns_are_finished_and_kept(tmp_path: Path) -> None:
    held, store = Held(), tmp_path / "chats.db"
    with OpenAIStub(held) as stub, process(store, stub) as server, server.client() as client:
        gone = client.post("/v1/conversations", json={}).json()["id"]
        at = f"/v1/conversations/{gone}/messages"
        with client.stream("POST", at, json=SAID, headers={"accept": "text/event-stream"}):
            assert held.asked.wait(30)  # and this client goes away
        held.asked.clear()
        with ThreadPoolExecutor() as pool:
            answer = pool.submit(client.post, "/v1/conversations", json=SAID)
            assert held.asked.wait(30)
            server.started.send_signal(signal.SIGTERM)
            wait_until_nobody_listens(server.url)
            assert not answer.done()
            held.let.set()
            reply = answer.result().json()
        assert reply["phase"] == "proposed"
        assert server.started.wait(30) == 0
        assert server.started.stderr
        assert server.started.stderr.read() == ""
    with serving(tmp_path, store=SQLiteStore(store), example=True) as after, after.client() as client:
        assert client.get(f"/v1/conversations/{reply['id']}").json()["reply"] == reply
        assert client.get(f"/v1/conversations/{gone}").json()["phase"] == "proposed"


def wait_until_nobody_listens(url: str) -> None:
    while True:
        try:
            httpx2.get(f"{url}/healthz", trust_env=False)
        except httpx2.TransportError:
            return


def test_a_server_that_is_to_end_says_so_first(tmp_path: Path) -> None:
    with process("memory", HANDOFF_DRAIN="60") as server, server.client() as client:
        wait_until_ready(server.url)
        server.started.send_signal(signal.SIGTERM)
        while client.get("/readyz").status_code == 200:
            pass
        assert client.get("/readyz").json()["status"] == "ending"
        assert client.post("/v1/conversations", json=SAID).status_code == 201
        server.started.send_signal(signal.SIGTERM)
        assert server.started.wait(30) == 0


def test_after_a_kill_the_next_process_answers_what_was_said(tmp_path: Path) -> None:
    held, store = Held(), tmp_path / "chats.db"
    with OpenAIStub(held) as stub, ThreadPoolExecutor() as pool:
        key = {"idempotency-key": "the first message"}
        with process(store, stub) as server, server.client(**key) as client:
            lost = pool.submit(client.post, "/v1/conversations", json=SAID)
            assert held.asked.wait(30)
            server.started.kill()
            with pytest.raises(httpx2.HTTPError):
                lost.result()
        held.let.set()
        model = OpenAIModel("stub", base_url=stub.base_url, api_key=None)
        after = serving(tmp_path, model=model, store=SQLiteStore(store), example=True)
        with after as next_one, next_one.client() as client:
            # The very same call: what was said is there already, and is said once.
            again = client.post("/v1/conversations", json=SAID, headers=key).json()
            assert again["phase"] == "proposed"
            read = client.get(f"/v1/conversations/{again['id']}").json()
            assert [m["role"] for m in read["messages"]] == ["user", "assistant"]
