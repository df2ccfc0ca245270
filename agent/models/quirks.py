"""What a server refuses, learned from its own errors and remembered, so that it is refused only once."""

import re
from typing import Any

_REFUSABLE = (
    "parallel_tool_calls",
    "stream_options",
    "max_completion_tokens",
    "response_format",
    "temperature",
    "strict",
)
_SCHEMA = re.compile(r"\b(response_format|json_schema|grammar)\b")
_SYSTEM_FIRST = re.compile(
    r"alternat|\bsystem\b.{0,60}\b(first|beginning|start|role|position)\b|\brole\b.{0,60}\bsystem\b",
    re.DOTALL,
)


class Quirks:
    """The peculiarities of one server, as far as they are known by now."""

    def __init__(self) -> None:
        self._dropped: set[str] = set()
        self._plain_json = False
        self.state_first = False
        """Its chat template takes a system message only at the beginning."""

    def apply(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """`parameters` as this server takes them."""
        kept = {key: value for key, value in parameters.items() if key not in self._dropped}
        if self._plain_json and "response_format" in kept:
            kept["response_format"] = {"type": "json_object"}
        return _without_strict(kept) if "strict" in self._dropped else kept

    def learn(self, status: int, param: str | None, text: str, sent: dict[str, Any]) -> bool:
        """Whether an error taught something new, so that the same call without it may work.

        `param` and `text` are what the server named; `sent` are the parameters that it refused.
        """
        said = f"{param or ''} {text}".lower()
        # A template that fails is a bad request to one server and an internal error to another.
        if status in (400, 422, 500) and not self.state_first and _SYSTEM_FIRST.search(said):
            self.state_first = True
            return True
        return status in (400, 422) and self._learn_parameter(said, sent)

    def _learn_parameter(self, said: str, sent: dict[str, Any]) -> bool:
        if "response_format" in sent and not self._plain_json and _SCHEMA.search(said):
            self._plain_json = True
            return True
        for name in _REFUSABLE:
            present = name in sent or (name == "strict" and _has_strict(sent))
            if present and name not in self._dropped and re.search(rf"\b{name}\b", said):
                self._dropped.add(name)
                return True
        return False


def _has_strict(sent: dict[str, Any]) -> bool:
    schema = sent.get("response_format", {}).get("json_schema", {})
    return "strict" in schema or any("strict" in tool["function"] for tool in sent.get("tools", ()))


def _without_strict(parameters: dict[str, Any]) -> dict[str, Any]:
    def without(entry: dict[str, Any], key: str) -> dict[str, Any]:
        return {**entry, key: {k: v for k, v in entry[key].items() if k != "strict"}}

    plain = dict(parameters)
    if "tools" in plain:
        plain["tools"] = [without(tool, "function") for tool in plain["tools"]]
    if "json_schema" in plain.get("response_format", {}):
        plain["response_format"] = without(plain["response_format"], "json_schema")
    return plain
