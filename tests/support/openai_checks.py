"""What a strict Chat Completions server refuses, with its own words."""

import re
from typing import Any

from tests.support.openai_answers import Canned, failure

Json = dict[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KNOWN = {
    "model", "messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "stream",
    "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "seed", "user",
}  # fmt: skip
_ROLES = {"system", "developer", "user", "assistant", "tool"}
_TYPES = {"string", "number", "integer", "boolean", "null", "array", "object"}


class _BadError(Exception):
    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


def check(body: Any) -> Canned | None:
    """The error that a strict server would answer with, None for a good request."""
    try:
        _check(body)
    except _BadError as bad:
        return failure(400, str(bad), param=bad.param, code="invalid_value")
    return None


def _check(body: Any) -> None:
    _demand(isinstance(body, dict), "The body is no JSON object.", "body")
    for name in body.keys() - _KNOWN:
        raise _BadError(f"Unrecognized request argument supplied: {name}", name)
    _demand(
        isinstance(body.get("model"), str) and body["model"], "you must provide a model parameter", "model"
    )
    _messages(body.get("messages"))
    _tools(body)
    _format(body)
    _demand("stream_options" not in body or body.get("stream") is True, "only with stream", "stream_options")
    if "max_completion_tokens" in body:
        limit = body["max_completion_tokens"]
        _demand(
            isinstance(limit, int) and limit > 0 and "max_tokens" not in body,
            "bad limit",
            "max_completion_tokens",
        )


def _messages(messages: Any) -> None:
    _demand(isinstance(messages, list) and messages, "Invalid 'messages': empty array.", "messages")
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        _demand(message.get("role") in _ROLES, f"Invalid value for {where}.role", where)
        text = message.get("content")
        calling = message["role"] == "assistant" and message.get("tool_calls")
        _demand(isinstance(text, str) or calling, f"Invalid type for {where}.content", where)


def _tools(body: Json) -> None:
    tools = body.get("tools")
    _demand(tools is None or (isinstance(tools, list) and tools), "Invalid 'tools': empty array.", "tools")
    _demand(tools or "parallel_tool_calls" not in body, "only with tools", "parallel_tool_calls")
    for index, tool in enumerate(tools or ()):
        where = f"tools[{index}].function"
        _demand(tool.get("type") == "function", "Invalid tool type", where)
        function = tool["function"]
        unknown = function.keys() - {"name", "description", "parameters", "strict"}
        _demand(not unknown and _NAME.fullmatch(function["name"]), f"Invalid {where}", where)
        if function.get("strict"):
            schema(function["parameters"], f"{where}.parameters")


def _format(body: Json) -> None:
    wanted = body.get("response_format")
    if wanted is None:
        return
    match wanted.get("type"):
        case "json_schema":
            named = wanted["json_schema"]
            _demand(_NAME.fullmatch(named["name"]), "Invalid name", "response_format.json_schema.name")
            schema(named["schema"], "response_format.json_schema.schema")
        case "json_object":
            said = " ".join(message["content"] for message in body["messages"])
            _demand("json" in said.lower(), "'messages' must contain the word 'json'", "messages")
        case other:
            raise _BadError(f"Invalid value: {other!r}", "response_format.type")


def schema(value: Any, where: str, *, top: bool = True) -> None:
    """Raise for what strict mode does not take."""
    _demand(isinstance(value, dict), "no schema", where)
    unknown = value.keys() - {
        "type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "description"
    }  # fmt: skip
    _demand(not unknown, f"{sorted(unknown)} not permitted", where)
    if "anyOf" in value:
        _demand(not top, "anyOf not permitted at the top", where)
        for part in value["anyOf"]:
            schema(part, where, top=False)
        return
    kind = value.get("type")
    _demand(kind in _TYPES, "schema must have a 'type' key", where)
    _demand(not top or kind == "object", "schema must be of type object", where)
    _demand(len(set(value.get("enum", ()))) == len(value.get("enum", ())), "enum has duplicates", where)
    _demand(value.get("enum") != [], "enum is empty", where)
    if kind == "object":
        _demand(value.get("additionalProperties") is False, "'additionalProperties' must be false", where)
        _demand(value.get("required") == list(value["properties"]), "'required' must name every key", where)
        for key, part in value["properties"].items():
            schema(part, f"{where}.{key}", top=False)
    if kind == "array":
        schema(value.get("items"), f"{where}[]", top=False)


def _demand(fine: Any, message: str, param: str) -> None:
    if not fine:
        raise _BadError(message, param)
