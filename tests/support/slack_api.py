"""A stand-in for Slack's Web API on loopback, and requests signed as Slack signs them."""

import hashlib
import hmac
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

import httpx2

Json = dict[str, Any]
TOKEN = "xoxb-test"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
WAIT = 30  # seconds, for a busy machine
ANSWERS: dict[str, Json] = {
    "users.info": {"user": {"profile": {"real_name": "Ada Lovelace", "email": "ada@acme.com"}}},
    "chat.postMessage": {"ts": "1503435956.000247"},
}


class SlackAPI:
    """Takes calls and keeps them; `hold` makes it wait with its answers."""

    def __init__(self) -> None:
        self.calls: queue.Queue[tuple[str, Json]] = queue.Queue()
        self.open = threading.Event()
        self.open.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.open.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next(self, method: str) -> Json:
        """The arguments of the next call of `method`; calls of `users.info` before it are passed over."""
        while True:
            called, arguments = self.calls.get(timeout=WAIT)
            if called == method:
                return arguments
            assert called == "users.info", f"{called} was called instead: {arguments}"


def _handler(api: SlackAPI) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"])).decode()
            is_json = self.headers["content-type"].startswith("application/json")
            arguments = json.loads(raw) if is_json else dict(parse_qsl(raw))
            method = self.path.removeprefix("/api/")
            good = self.headers["authorization"] == f"Bearer {TOKEN}"
            api.calls.put((method, arguments))
            api.open.wait()
            answer = {"ok": True, **ANSWERS.get(method, {})} if good else {"ok": False, "error": "not_authed"}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def signed(body: str, *, secret: str = SECRET, at: str | None = None) -> dict[str, str]:
    """The headers with which Slack signs `body`."""
    at = at or str(int(time.time()))
    mark = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={mark}"}


def post(url: str, body: str, headers: dict[str, str]) -> httpx2.Response:
    """Send `body`, as Slack does, and give it the three seconds that Slack gives."""
    kind = "application/x-www-form-urlencoded" if body.startswith("payload=") else "application/json"
    return httpx2.post(url, content=body, headers={"Content-Type": kind, **headers}, timeout=WAIT)
