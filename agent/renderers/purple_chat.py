"""Purple chat: the link and JSON format in which Moveworks draws conversations.

There is no published schema; the models name what public links contain, and keep every other key, and the
order of all keys, so that reading a conversation and writing it again loses nothing.
"""

import html
import json
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import parse_qs, quote_plus, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import from_json

from agent.errors import InputError
from agent.records.conversation import AssistantMessage, Conversation, UserMessage
from agent.records.reply import ACTIONS, Button, Reply, Step
from agent.renderers.layout import opens

PAGE = "https://marketplace.moveworks.com/purple-chat"


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, alias_generator=to_camel, serialize_by_alias=True)

    _keys: tuple[str, ...] = PrivateAttr(())

    @model_validator(mode="wrap")
    @classmethod
    def _remember_order(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Self:
        part: Self = handler(data)
        if not isinstance(data, cls):  # else it is read already
            part._keys = tuple(data)
        return part

    @model_serializer(mode="wrap")
    def _in_order(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        return {key: written[key] for key in self._keys}


class ReasoningStep(_Part):
    """One step of the assistant's work: HTML; `status` is success, pending, or left out."""

    rich_text: str
    status: str | None = None


class ChatButton(_Part):
    """A button; `style` is filled, outlined or text."""

    button_text: str
    style: str | None = None


class Part(_Part):
    """A piece of a message, one kind each; further kinds (citations, API blocks) are kept as they are."""

    rich_text: str | None = None
    reasoning_steps: tuple[ReasoningStep, ...] | None = None
    buttons: tuple[ChatButton, ...] | None = None


class ChatMessage(_Part):
    """What `user` or `assistant` says; several of one role may follow each other."""

    role: str
    parts: tuple[Part, ...]


class PurpleChat(_Part):
    """A conversation as it is drawn."""

    messages: tuple[ChatMessage, ...]

    def to_json(self) -> str:
        """The conversation as JSON on one line, as it stands in a link."""
        return json.dumps(self.model_dump(), ensure_ascii=False, separators=(",", ":"))

    def link(self) -> str:
        """The address that draws the conversation. It has no limit of its own; browsers stop near 2 MB."""
        # As URLSearchParams in a browser writes it, which made the public links.
        encoded = quote_plus(self.to_json(), safe="*").replace("~", "%7E")
        return f"{PAGE}?conversation={encoded}"


def read_link(url: str) -> PurpleChat:
    """The conversation in a purple-chat link. Raises `InputError` where there is none, or a broken one."""
    try:
        found = parse_qs(urlsplit(url).query, errors="strict").get("conversation")
        if not found:
            raise InputError(f"purple-chat link: no conversation in it; right is {PAGE}?conversation=…")
        return PurpleChat.model_validate(from_json(found[0]))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the conversation"
        raise InputError(f"purple-chat link: {place}: {first['msg']}") from error
    except ValueError as error:
        raise InputError(f"purple-chat link: the conversation is cut off or damaged: {error}") from error


def from_reply(reply: Reply) -> ChatMessage:
    """Draw a reply: steps, text, links and buttons, one part each. Everything anyone wrote is escaped."""
    return ChatMessage.model_validate({"role": "assistant", "parts": list(_parts_of_reply(reply))})


def from_conversation(conversation: Conversation) -> PurpleChat:
    """Draw a conversation. Everything anyone wrote is escaped; a press stands in italics."""
    drawn = [
        {"role": message.role, "parts": parts}
        for message in conversation.messages
        if (parts := list(_parts_of(message)))
    ]
    return PurpleChat.model_validate({"messages": drawn})


def _parts_of(message: UserMessage | AssistantMessage) -> Iterator[dict[str, Any]]:
    if isinstance(message, UserMessage):
        pressed = f'<em>Presses "{_escape(message.text)}" button</em>'
        # An edited summary is an action, too, but its text is the person's own.
        yield {"richText": f"<p>{pressed if message.action in ACTIONS else _escape(message.text)}</p>"}
        return
    yield from _parts_of_reply(message.reply)


def _parts_of_reply(reply: Reply) -> Iterator[dict[str, Any]]:
    if reply.steps:
        yield {"reasoningSteps": [_step(step, reply) for step in reply.steps]}
    if reply.text:
        yield {"richText": f"<p>{_escape(reply.text)}</p>"}
    # The format's buttons open nothing.
    links = [(button, url) for button in reply.buttons if button.action == "link" and (url := opens(button))]
    if links:
        yield {"richText": "<p>" + "<br>".join(_link(button, url) for button, url in links) + "</p>"}
    buttons = [_button(button) for button in reply.buttons if button.action != "link"]
    if buttons:
        yield {"buttons": buttons}


def _step(step: Step, reply: Reply) -> dict[str, str]:
    text = _escape(step.text)
    if reply.handoff and reply.handoff.url in step.text:
        text = f"<em>{text}</em>"  # the one step that takes the person somewhere
    # The format knows no failed step: one that did not succeed stays open.
    return {"richText": f"<p>{text}</p>", "status": "success" if step.status == "success" else "pending"}


def _link(button: Button, url: str) -> str:
    return f'<a href="{html.escape(url)}">{_escape(button.label)}</a>'


def _button(button: Button) -> dict[str, str]:
    return {"buttonText": button.label, "style": button.style}


def _escape(text: str) -> str:
    # Quotes mean nothing outside of tags, and the format's own texts leave them as they are.
    return html.escape(text, quote=False).replace("\n", "<br>")
