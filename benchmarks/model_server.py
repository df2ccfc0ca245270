"""A Chat Completions server that takes next to no time of its own: it asks once, then knows databases.

    python -m benchmarks.model_server --port 8090 --latency 0.3     # prints its base URL

One asyncio protocol without any framework, so that a benchmark measures its clients.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DATABASE_SUPPORT = "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"


def _answer(message: dict[str, Any], finish: str) -> bytes:
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "bench",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 1800, "completion_tokens": 40, "total_tokens": 1840},
    }
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    return head.encode() + data


def _streamed(message: dict[str, Any], finish: str) -> bytes:
    """The same answer in the pieces of a stream, sent at once."""
    calls = [{"index": 0, **call} for call in message.get("tool_calls", ())]
    pieces: list[dict[str, Any]] = [
        {"delta": {**message, "tool_calls": calls} if calls else message, "finish_reason": None},
        {"delta": {}, "finish_reason": finish},
    ]
    known = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "bench"}
    events = [json.dumps({**known, "choices": [{"index": 0, **piece}]}) for piece in pieces]
    data = "".join(f"data: {event}\n\n" for event in (*events, "[DONE]")).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {len(data)}\r\n\r\n"
    return head.encode() + data


def _call() -> dict[str, Any]:
    arguments = {
        "queue_id": DATABASE_SUPPORT,
        "summary": "The SQL database behaves strangely.",
        "reason": "It is about a SQL database.",
        "second_issue": None,
        "second_queue_id": None,
    }
    function = {"name": "select_queue", "arguments": json.dumps(arguments)}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": function}],
    }


_QUESTION: dict[str, Any] = {"role": "assistant", "content": "What is the problem about, please?"}
_ASKS = {False: _answer(_QUESTION, "stop"), True: _streamed(_QUESTION, "stop")}
_KNOWS = {False: _answer(_call(), "tool_calls"), True: _streamed(_call(), "tool_calls")}


class _Connection(asyncio.Protocol):
    latency = 0.0

    def __init__(self) -> None:
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, rest = self._data.partition(b"\r\n\r\n")
        if not end:
            return
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        if len(rest) < length:
            return
        self._data = rest[length:]
        # The problem is told by then: what the person said stands behind the catalogue.
        said = rest.rfind(b'"role":"user"', 0, length)
        known = rest.find(b"strange issue with a SQL database", said, length) > 0
        streams = b'"stream":true' in rest[:length]
        asyncio.get_running_loop().call_later(
            self.latency, self._write, (_KNOWS if known else _ASKS)[streams]
        )

    def _write(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(data)


@contextmanager
def running(latency: float) -> Iterator[str]:
    """The server in a process of its own, on a free port; gives its base URL."""
    command = [sys.executable, "-m", "benchmarks.model_server", "--port", "0", "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


async def _serve(port: int, latency: float) -> None:
    _Connection.latency = latency
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", port, backlog=2048)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--latency", type=float, default=0.3)
    options = parser.parse_args()
    asyncio.run(_serve(options.port, options.latency))
