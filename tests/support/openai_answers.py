"""Answers of a Chat Completions server, in the wire format: bodies, streams and errors."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Canned:
    """One answer. `delay` seconds pass before the first byte, `pause` seconds between the pieces of a stream.

    `cut` breaks the connection after so many pieces of a stream, or bytes of a body; `quiet_end` ends a stream
    after as many pieces properly, but without the rest. `body` replaces everything that would be sent.
    """

    status: int = 200
    text: str | None = None
    calls: tuple[tuple[str, str], ...] = ()
    refusal: str | None = None
    finish: str | None = None
    error: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    content_type: str = "application/json"
    delay: float = 0
    pause: float = 0
    cut: int | None = None
    quiet_end: int | None = None

    @property
    def finish_reason(self) -> str:
        return self.finish or ("tool_calls" if self.calls else "stop")


def text(content: str, **more: Any) -> Canned:
    """Plain assistant text."""
    return Canned(text=content, **more)


def call(name: str, /, **arguments: Any) -> Canned:
    """One tool call."""
    return calls((name, arguments))


def calls(*pairs: tuple[str, Json | str], **more: Any) -> Canned:
    """Tool calls; arguments that are a string go out as they are."""
    return Canned(calls=tuple((n, a if isinstance(a, str) else json.dumps(a)) for n, a in pairs), **more)


def content(value: Json, **more: Any) -> Canned:
    """JSON as the assistant's text."""
    return Canned(text=json.dumps(value), **more)


def refusal(words: str = "I can't help with that.") -> Canned:
    """A refusal, as strict models give it."""
    return Canned(refusal=words)


def body(raw: str, content_type: str = "application/json", status: int = 200) -> Canned:
    """Any body at all."""
    return Canned(body=raw, content_type=content_type, status=status)


def html(status: int = 200) -> Canned:
    """What a proxy says instead of the model."""
    return body("<html><body><h1>Sign in</h1></body></html>", "text/html", status)


def failure(
    status: int, message: str = "", *, code: str | None = None, param: str | None = None, **headers: str
) -> Canned:
    """An error as OpenAI sends it; header names are written with underscores."""
    kinds = {401: "invalid_request_error", 404: "invalid_request_error", 400: "invalid_request_error"}
    kind = code if code == "insufficient_quota" else kinds.get(status, "server_error")
    error = {"message": message or f"Error {status}.", "type": kind, "param": param, "code": code}
    return Canned(status=status, error=error, headers={k.replace("_", "-"): v for k, v in headers.items()})


def unsupported(param: str) -> Canned:
    """The refusal of a parameter."""
    said = f"Unsupported parameter: '{param}' is not supported with this model."
    return failure(400, said, code="unsupported_parameter", param=param)


def whole(answer: Canned, model: str, number: int, prompt_tokens: int) -> Json:
    """The body of an answer that is not streamed."""
    message: Json = {
        "role": "assistant",
        "content": answer.text,
        "refusal": answer.refusal,
        "annotations": [],
    }
    if answer.calls:
        message["tool_calls"] = [
            {
                "id": f"call_{number}_{i}",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for i, (name, arguments) in enumerate(answer.calls)
        ]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish_reason}
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": model,
        "choices": [choice],
        "usage": usage(answer, prompt_tokens),
        "system_fingerprint": None,
    }


def chunks(answer: Canned, model: str, number: int, prompt_tokens: int, *, with_usage: bool) -> Iterator[str]:
    """The data of a stream's events."""
    head = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion.chunk",
        "created": 1_760_000_000,
        "model": model,
        "system_fingerprint": None,
    }
    more = {"usage": None} if with_usage else {}

    def chunk(delta: Json, finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return json.dumps({**head, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": None if answer.calls else "", "refusal": None})
    if answer.refusal:
        yield chunk({"refusal": answer.refusal})
    for piece in pieces(answer.text or ""):
        yield chunk({"content": piece})
    for index, (name, arguments) in enumerate(answer.calls):
        opening = {"name": name, "arguments": ""}
        id_ = f"call_{number}_{index}"
        yield chunk({"tool_calls": [{"index": index, "id": id_, "type": "function", "function": opening}]})
        for piece in pieces(arguments):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, answer.finish_reason)
    if with_usage:
        yield json.dumps({**head, "choices": [], "usage": usage(answer, prompt_tokens)})
    yield "[DONE]"


def pieces(whole_text: str) -> list[str]:
    """A text as a model would stream it."""
    return re.findall(r"\s*\S{1,6}|\s+", whole_text)


def usage(answer: Canned, prompt_tokens: int) -> Json:
    out = max(1, len(answer.text or "".join(arguments for _, arguments in answer.calls)) // 4)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": out,
        "total_tokens": prompt_tokens + out,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
