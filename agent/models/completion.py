"""A finished answer of a Chat Completions server, before anybody asks what it decides.

Servers that call themselves compatible send all kinds of things, so nothing here trusts the SDK's types.
"""

import json
import re
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field
from typing import Any

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)


class UnreadableError(Exception):
    """The body is no chat completion, or a stream that broke off."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as it came: nothing says that the tool exists or that the arguments are JSON."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What the model said (`text` without its thoughts), why it stopped, what the server calls it, and the tokens it took."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    refused: bool = False
    finish: str = ""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


def without_thoughts(text: str) -> str:
    """`text` without ``<think>`` blocks; the opening or the closing tag may be missing."""
    # Some chat templates write the opening tag themselves, so that only the closing one is in the answer.
    return _THOUGHT.sub("", text).rpartition("</think>")[2].strip()


def read(response: Any) -> Completion:
    """The answer in the JSON of a response; raises `UnreadableError`."""
    try:
        choice = response["choices"][0]
        message = choice["message"]
        calls = tuple(
            Call(call["function"].get("name") or "", _arguments(call["function"].get("arguments")))
            for call in message.get("tool_calls") or ()
        )
        return Completion(
            text=without_thoughts(message.get("content") or ""),
            calls=calls,
            refused=bool(message.get("refusal")),
            finish=choice.get("finish_reason") or "",
            model=_text(response.get("model")),
            **_usage((response.get("usage") or {}).get),
        )
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise UnreadableError("not a chat completion") from error


async def read_stream(stream: AsyncIterable[Any], progress: Callable[[str, str], None]) -> Completion:
    """The answer in a stream of the SDK's chunks; raises `UnreadableError`.

    After every piece `progress` gets the text so far and the name of the first tool called so far.
    """
    heard = _Heard()
    try:
        async for chunk in stream:
            heard.add(chunk)
            progress(heard.text, heard.calls[0].name if heard.calls else "")
    except (AttributeError, IndexError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise UnreadableError("not a stream of chat completion chunks") from error
    if not heard.finish:
        raise UnreadableError("the stream broke off")
    return Completion(
        text=without_thoughts(heard.text),
        calls=tuple(Call(call.name, call.arguments) for call in heard.calls),
        refused=heard.refused,
        finish=heard.finish,
        model=heard.model,
        **heard.usage,
    )


@dataclass(slots=True)
class _OpenCall:
    index: int | None
    id: str | None
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class _Heard:
    text: str = ""
    calls: list[_OpenCall] = field(default_factory=list)
    refused: bool = False
    finish: str = ""
    model: str = ""
    usage: dict[str, int] = field(default_factory=dict)

    def add(self, chunk: Any) -> None:
        self.model = self.model or _text(getattr(chunk, "model", None))
        usage = getattr(chunk, "usage", None)
        self.usage = _usage(lambda key: getattr(usage, key, None)) or self.usage
        for choice in chunk.choices[:1]:
            self.finish = choice.finish_reason or self.finish
            delta = choice.delta
            if delta is None:
                continue
            self.text += delta.content or ""
            self.refused = self.refused or bool(getattr(delta, "refusal", None))
            for piece in delta.tool_calls or ():
                call = self._call(piece.index, piece.id)
                if piece.function:
                    call.name = call.name or piece.function.name or ""
                    call.arguments += _arguments(piece.function.arguments)

    def _call(self, index: int | None, id_: str | None) -> _OpenCall:
        # Some servers give every call the index 0, or none at all; then only a new id begins a new call.
        for call in reversed(self.calls):
            if call.index == index and (not id_ or not call.id or call.id == id_):
                return call
        self.calls.append(_OpenCall(index, id_))
        return self.calls[-1]


def _arguments(value: Any) -> str:
    # A string of JSON; older servers send the object itself.
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _usage(get: Callable[[str], Any]) -> dict[str, int]:
    counts = {key: get(key) for key in ("prompt_tokens", "completion_tokens")}
    return {key: count for key, count in counts.items() if isinstance(count, int) and count >= 0}
