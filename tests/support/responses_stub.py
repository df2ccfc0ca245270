"""A real HTTP server on loopback that speaks OpenAI's Responses, as far as function tools go, and strictly."""

import json
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.support.openai_checks import schema

Json = dict[str, Any]
_TOOL = {"type", "name", "description", "strict", "parameters"}


def call(name: str, **arguments: Any) -> Json:
    """A function call as an item of a response."""
    return {
        "type": "function_call",
        "id": f"fc_{name}",
        "call_id": f"call_{json.dumps(arguments)[:40]}",
        "name": name,
        "arguments": json.dumps(arguments),
        "status": "completed",
    }


def text(words: str) -> Json:
    """The assistant's words as an item of a response."""
    content = {"type": "output_text", "text": words, "annotations": []}
    return {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [content],
    }


class ResponsesStub:
    """The server: one item of `script` for each good request; `requests` are their bodies."""

    def __init__(self, script: Iterable[Json]) -> None:
        self.requests: list[Json] = []
        self._script = iter(script)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, path: str, body: Json) -> Json:
        """The response to a request; an assertion where a strict server would refuse it."""
        assert path == "/v1/responses"
        waiting: set[str] = set()
        for item in body["input"]:
            if item.get("type") == "function_call":
                waiting.add(item["call_id"])
            if item.get("type") == "function_call_output":
                waiting.remove(item["call_id"])
        assert not waiting, "No tool output found for function call"
        for tool in body["tools"]:
            assert tool.keys() == _TOOL
            assert tool["type"] == "function"
            schema(tool["parameters"], "parameters")
        self.requests.append(body)
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 0,
            "model": body["model"],
            "status": "completed",
            "output": [next(self._script)],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": body["tools"],
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                try:
                    status, answer = 200, stub.answer(self.path, body)
                except (AssertionError, KeyError, StopIteration) as error:
                    status, answer = 400, {"error": {"message": repr(error)}}
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        return Handler
