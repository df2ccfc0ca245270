"""The agent as a function tool of another agent: its definition, and what a call of it does.

The other model passes on what the person says, and that is all: no call of it is a yes. The host shows the desk's own
buttons beside the other model's words, and hands the person's own press to `Chat.press`.
"""

from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.chat import Chat
from agent.errors import StoreError
from agent.records.reply import Reply
from prompts import line

NAME = "talk_to_live_agent_desk"


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    message: str


class Called(NamedTuple):
    """What came of a call: the text for the other model, and the reply for the host to show, if there is one."""

    output: str
    reply: Reply | None


def description() -> str:
    """What the other model is told of the tool."""
    return line("function_tool", NAME)


def parameters() -> dict[str, Any]:
    """The tool's parameters as JSON Schema, good for strict mode."""
    message = {"type": "string", "description": line("function_tool", f"{NAME}.message")}
    return {
        "type": "object",
        "properties": {"message": message},
        "required": ["message"],
        "additionalProperties": False,
    }


def for_chat_completions() -> dict[str, Any]:
    """The definition for `client.chat.completions.create(tools=[…])`."""
    function = {"name": NAME, "description": description(), "strict": True, "parameters": parameters()}
    return {"type": "function", "function": function}


def for_responses() -> dict[str, Any]:
    """The definition for `client.responses.create(tools=[…])`."""
    return {
        "type": "function",
        "name": NAME,
        "description": description(),
        "strict": True,
        "parameters": parameters(),
    }


async def called(desk: Chat, arguments: str) -> Called:
    """Do what a call with these `arguments`, JSON as the other model wrote it, asks for.

    It never raises for what a model wrote, nor for a store that is down: the other model is told so.
    """
    try:
        message = _Arguments.model_validate_json(arguments).message
    except ValidationError:
        return Called(
            f'The arguments of {NAME} are JSON with one text: {{"message": "…"}}. Call it again.', None
        )
    try:
        reply = await desk.send(message, relayed=True)
    except StoreError:
        return Called(
            "The desk cannot be reached at the moment. Nothing was sent: call again in a while.", None
        )
    return Called(reply.text, reply)
