"""The four tools: what they take, what they answer, and what models are told of them."""

from typing import Annotated, Any, Literal, NamedTuple

from mcp.types import Tool, ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import InputError
from agent.records.listed import ListedQueue
from agent.records.reply import Reply
from prompts import line

Id = Annotated[str, Field(min_length=1, max_length=200)]


class Arguments(BaseModel):
    """What a tool takes; types are strict, and nothing else is taken."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class StartConversation(Arguments):
    """What `start_conversation` takes."""

    text: str | None = None


class SendMessage(Arguments):
    """What `send_message` takes."""

    conversation_id: Id
    text: str


class PressButton(Arguments):
    """What `press_button` takes: the fields of a `Button`."""

    conversation_id: Id
    action: Literal["start", "skip", "other", "choose", "cancel", "edit", "message"]
    text: str | None = None
    queue_id: Id | None = None
    proposal: Id | None = None


class ListQueues(Arguments):
    """What `list_queues` takes."""

    search: Annotated[str, Field(max_length=1000)] | None = None


class Queues(BaseModel):
    """What `list_queues` answers."""

    queues: tuple[ListedQueue, ...]


class _Kind(NamedTuple):
    takes: type[Arguments]
    answers: type[BaseModel]
    title: str
    reads: bool = False


_KINDS = {
    "start_conversation": _Kind(StartConversation, Reply, "Ask for a live agent"),
    "send_message": _Kind(SendMessage, Reply, "Say something to the live agent desk"),
    "press_button": _Kind(PressButton, Reply, "Press a button of the live agent desk"),
    "list_queues": _Kind(ListQueues, Queues, "List the support queues", reads=True),
}


def read_arguments(name: str, arguments: dict[str, Any]) -> Arguments:
    """The arguments of a call. Raises `InputError`, with one message that holds nothing of what was handed in."""
    if name not in _KINDS:
        raise InputError(f"there is no tool {name[:40]!r}: use {', '.join(_KINDS)}")
    try:
        return _KINDS[name].takes.model_validate(arguments)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)
        raise InputError(
            "; ".join(_told(name, mistake["loc"], mistake["msg"]) for mistake in wrong[:3])
        ) from None


def _told(name: str, where: tuple[int | str, ...], what: str) -> str:
    field = str(where[0])[:40] if where else ""
    if field and field not in _KINDS[name].takes.model_fields:
        return f"{name} takes no {field!r}, but {', '.join(_KINDS[name].takes.model_fields)}"
    return f"{field or name}: {what[:1].lower()}{what[1:]}"


def definitions() -> list[Tool]:
    """The tools as clients list them."""
    return [
        Tool(
            name=name,
            title=kind.title,
            description=line("mcp", name),
            input_schema=_described(name, kind.takes.model_json_schema()),
            output_schema=kind.answers.model_json_schema(mode="serialization"),
            annotations=ToolAnnotations(
                read_only_hint=kind.reads,
                destructive_hint=False,
                idempotent_hint=kind.reads,
                open_world_hint=False,
            ),
        )
        for name, kind in _KINDS.items()
    ]


def _described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    del schema["description"]
    for field, its in schema["properties"].items():
        its["description"] = line("mcp", f"{name}.{field}")
    return schema
