"""A real HTTP server on loopback that speaks Chat Completions, as strictly as OpenAI's own.

In a test: ``with OpenAIStub([text("Hi?"), failure(503)]) as stub: … stub.base_url … stub.requests``.
By hand: ``python -m tests.support.openai_stub --port 8089`` plays the seed's conversation.
"""

import argparse
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self

from tests.support import openai_answers as answers
from tests.support.openai_answers import Canned
from tests.support.openai_checks import check

DATABASE_SUPPORT = "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"


@dataclass(frozen=True)
class Request:
    """A request as it came in; header names are in lower case."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def messages(self) -> list[dict[str, str]]:
        return self.body["messages"]  # type: ignore[no-any-return]

    @property
    def system(self) -> str:
        return self.messages[0]["content"]

    @property
    def said(self) -> str:
        """The person's last words."""
        return next((m["content"] for m in reversed(self.messages) if m["role"] == "user"), "")

    @property
    def tools(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.body.get("tools", ())]


Script = Iterable[Canned] | Callable[[Request], Canned]


class OpenAIStub:
    """The server. `script` is an answer for each good request, or a function from a request to its answer.

    `key` is the only key that it takes, if given. Requests that a strict server would refuse are refused, stay
    out of `requests`, and are in `refused` with the reason; so are requests beyond the end of the script.
    """

    def __init__(self, script: Script, *, key: str | None = None, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.refused: list[str] = []
        self.connections = 0
        self.closing = threading.Event()
        self._answer = script if callable(script) else _in_turn(script)
        self._key = key
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stub = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, path: str, headers: dict[str, str], raw: bytes) -> tuple[Canned, dict[str, Any]]:
        """The answer to a request, and the request's body."""
        body: dict[str, Any] = {}
        if path != "/v1/chat/completions":
            return self._refuse(answers.failure(404, f"Invalid URL (POST {path})")), body
        if self._key is not None and headers.get("authorization") != f"Bearer {self._key}":
            given = headers.get("authorization", "").removeprefix("Bearer ")
            return self._refuse(
                answers.failure(401, f"Incorrect API key provided: {given}.", code="invalid_api_key")
            ), body
        try:
            body = json.loads(raw)
        except ValueError:
            return self._refuse(answers.failure(400, "The body is no JSON.")), body
        bad = check(body)
        if bad:
            return self._refuse(bad), body
        request = Request(body, headers)
        self.requests.append(request)
        try:
            return self._answer(request), body
        except StopIteration:
            return self._refuse(answers.failure(400, "The stub's script is at its end.")), body

    def _refuse(self, answer: Canned) -> Canned:
        assert answer.error
        self.refused.append(answer.error["message"])
        return answer


def _in_turn(script: Iterable[Canned]) -> Callable[[Request], Canned]:
    rest = iter(script)
    return lambda _: next(rest)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many clients may connect at once
    block_on_close = False
    stub: OpenAIStub


class _CutError(Exception):
    """The connection is to be broken here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.stub.connections += 1

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {key.lower(): value for key, value in self.headers.items()}
        answer, body = self.server.stub.answer(self.path, headers, raw)
        try:
            self._wait(answer.delay)
            if answer.status == 200 and answer.body is None and body.get("stream"):
                self._stream(answer, body, len(raw) // 4)
            else:
                self._whole(answer, body, len(raw) // 4)
        except (_CutError, OSError):
            self.close_connection = True

    def _whole(self, answer: Canned, body: dict[str, Any], tokens: int) -> None:
        if answer.body is not None:
            text = answer.body
        elif answer.error is not None:
            text = json.dumps({"error": answer.error})
        else:
            number = len(self.server.stub.requests)
            text = json.dumps(answers.whole(answer, body["model"], number, tokens))
        data = text.encode()
        self._head(answer, answer.content_type, {"content-length": str(len(data))})
        self.wfile.write(data if answer.cut is None else data[: answer.cut])
        if answer.cut is not None:
            raise _CutError

    def _stream(self, answer: Canned, body: dict[str, Any], tokens: int) -> None:
        self._head(answer, "text/event-stream; charset=utf-8", {"transfer-encoding": "chunked"})
        with_usage = bool(body.get("stream_options", {}).get("include_usage"))
        number = len(self.server.stub.requests)
        for sent, data in enumerate(
            answers.chunks(answer, body["model"], number, tokens, with_usage=with_usage)
        ):
            if answer.cut == sent:
                raise _CutError
            if answer.quiet_end == sent:
                break
            self._wait(answer.pause)
            event = f"data: {data}\n\n".encode()
            self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _head(self, answer: Canned, content_type: str, more: dict[str, str]) -> None:
        self.send_response(answer.status)
        for name, value in {"content-type": content_type, **answer.headers, **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def _wait(self, seconds: float) -> None:
        if seconds and self.server.stub.closing.wait(seconds):
            raise _CutError


def brain(request: Request) -> Canned:
    """The model of the seed's conversation: it asks at first, and knows databases."""
    said = request.said
    known = "sql" in said.lower() or "database" in said.lower()
    queue = DATABASE_SUPPORT if known else "unclear"
    question = "Could you tell me what the problem is about, so that I can find the right agent?"
    summary = f"The user reports: {said}" if known else ""
    if not request.tools:
        return answers.content({"summary": summary, "queue": queue, "question": "" if known else question})
    if not known:
        return answers.text(question)
    return answers.call(
        "select_queue",
        queue_id=DATABASE_SUPPORT,
        summary=summary,
        reason="Its agents look after SQL databases.",
        second_issue=None,
        second_queue_id=None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8089)
    port = parser.parse_args().port
    with OpenAIStub(brain, port=port) as stub:
        print(f"OPENAI_BASE_URL={stub.base_url} HANDOFF_MODEL=stub handoff chat")  # noqa: T201
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
