"""Decisions as native, strict tool calls."""

import json
import re
from functools import cache
from typing import Any

from agent.errors import ModelAnswerInvalid
from agent.models.completion import Call, Completion
from agent.models.json_text import first_object
from agent.records.decision import Ask, CreateHandoff, Decision, NotForAgents, SearchQueues, SelectQueue
from prompts import line

Json = dict[str, Any]

_STRING: Json = {"type": "string"}
_STRINGS: Json = {"type": "array", "items": _STRING}
_NULLABLE: Json = {"anyOf": [_STRING, {"type": "null"}]}

# An id is a plain string: an enum would say every id a second time, and the turn checks it anyway.
_TOOLS: dict[str, Json] = {
    "ask": {"question": _STRING, "suggestions": _STRINGS, "between": _STRINGS},
    "select_queue": {
        "queue_id": _STRING,
        "summary": _STRING,
        "reason": _STRING,
        "second_issue": _NULLABLE,
        "second_queue_id": _NULLABLE,
    },
    "create_handoff": {},
    "not_for_agents": {"reason": _STRING},
    "search_queues": {"query": _STRING},
}
_DESCRIBED = frozenset(
    {
        "ask.between",
        "select_queue.queue_id",
        "select_queue.summary",
        "select_queue.reason",
        "select_queue.second_issue",
    }
)
# Nobody writes these to a person.
_LOOKS_WRITTEN = re.compile(rf"^[\[{{]|```|<(tool_call|tools|function)\b|\b({'|'.join(_TOOLS)})\s*[({{]")
# What models write where they mean nothing.
_NOTHING = frozenset({"null", "none", "n/a", "-"})


@cache
def names(*, search: bool) -> tuple[str, ...]:
    """The tools of a conversation; `search_queues` is among them where the catalogue is not in the prompt."""
    return tuple(name for name in _TOOLS if search or name != "search_queues")


@cache
def parameters(*, search: bool) -> Json:
    """What a request needs for these tools. The same for a whole conversation; not to be changed."""
    return {"tools": [_tool(name) for name in names(search=search)], "parallel_tool_calls": False}


def kind(name: str) -> str | None:
    """The kind of decision that a call of the tool `name` will be, None if there is no such tool."""
    return name if name in _TOOLS else None


def parse(completion: Completion, *, search: bool) -> Decision:
    """The decision in an answer: its first valid call, else its text as a question.

    Raises `ModelAnswerInvalid`, with a text for the model.
    """
    calls = completion.calls or _written(completion.text)
    problem: ModelAnswerInvalid | None = None
    for call in calls:
        try:
            return _decision(call, search=search)
        except ModelAnswerInvalid as error:
            problem = problem or error
    if problem:
        raise problem
    if not completion.text:
        raise ModelAnswerInvalid(line("corrections", "empty"))
    return Ask(question=completion.text)


def _tool(name: str) -> Json:
    properties = _TOOLS[name]
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": line("tools", name),
            "strict": True,
            "parameters": {
                "type": "object",
                "properties": {key: _described(name, key) for key in properties},
                "required": list(properties),
                "additionalProperties": False,
            },
        },
    }


def _described(name: str, key: str) -> Json:
    schema, full = _TOOLS[name][key], f"{name}.{key}"
    return {**schema, "description": line("tools", full)} if full in _DESCRIBED else schema


def _written(text: str) -> tuple[Call, ...]:
    """The call in a text, which small models write out instead of making it."""
    written = first_object(text, "name") or {}
    if not written and not _LOOKS_WRITTEN.search(text):
        return ()
    name, arguments = written.get("name"), written.get("arguments", written.get("parameters"))
    if isinstance(name, str) and isinstance(arguments, str):
        return (Call(name, arguments),)
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise ModelAnswerInvalid(line("corrections", "as_text"))
    return (Call(name, json.dumps(arguments)),)


def _decision(call: Call, *, search: bool) -> Decision:
    if call.name not in names(search=search):
        raise ModelAnswerInvalid(line("corrections", "no_such_tool", tools=", ".join(names(search=search))))
    if call.name == "create_handoff":
        return CreateHandoff()
    arguments = _arguments(call)
    match call.name:
        case "ask":
            return Ask(
                question=_needed(arguments, "question", "no_question"),
                suggestions=_strings(arguments, "suggestions"),
                between=_strings(arguments, "between"),
            )
        case "select_queue":
            return SelectQueue(
                queue_id=_needed(arguments, "queue_id", "no_queue"),
                summary=_string(arguments, "summary"),
                reason=_string(arguments, "reason"),
                second_issue=_string(arguments, "second_issue"),
                second_queue_id=_string(arguments, "second_queue_id"),
            )
        case "search_queues":
            return SearchQueues(query=_needed(arguments, "query", "no_query"))
        case _:
            return NotForAgents(reason=_string(arguments, "reason"))


def _arguments(call: Call) -> Json:
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        raise ModelAnswerInvalid(line("corrections", "not_json", tool=call.name))
    return arguments


def _string(arguments: Json, key: str) -> str:
    value = arguments.get(key)
    text = value.strip() if isinstance(value, str) else ""
    return "" if text.lower() in _NOTHING else text


def _strings(arguments: Json, key: str) -> tuple[str, ...]:
    value = arguments.get(key)
    items = value if isinstance(value, list) else []
    return tuple(item.strip() for item in items if isinstance(item, str) and item.strip())


def _needed(arguments: Json, key: str, correction: str) -> str:
    value = _string(arguments, key)
    if not value:
        raise ModelAnswerInvalid(line("corrections", correction))
    return value
