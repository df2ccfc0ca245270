"""What the OpenAPI document shows of answers: examples, and which problems a route answers with."""

from typing import Any

from agent.records.reply import Reply
from agent.server.problems import MEDIA_TYPE

ID = "9f2c4e0b7a5d48c1b3e6f1a2d4c5b6a7"
PROPOSAL_ID = "5f0c6a1e8c5d4a7b9e2f3a4b5c6d7e8f"

_SKIP = {"label": "Skip, connect me now", "action": "skip", "style": "outlined"}
QUESTION = {
    "id": ID,
    "phase": "gathering",
    "text": "Could you please tell me more about the issue, so that I can connect you with the right live agent?",
    "steps": [],
    "buttons": [_SKIP],
    "proposal": None,
    "handoff": None,
    "model_calls": 1,
}
HANDOFF = {
    "id": ID,
    "phase": "handed_off",
    "text": "Your chat with Database Support opens at the link. If nobody answers, tell me here.",
    "steps": [
        {
            "id": "step_link",
            "text": "Taking you to https://livechat.acme.com/start-chat?queue_id=71f1cbd2",
            "status": "success",
        }
    ],
    "buttons": [],
    "proposal": None,
    "handoff": {
        "url": "https://livechat.acme.com/start-chat?queue_id=71f1cbd2",
        "queue_id": "71f1cbd2",
        "proposal": PROPOSAL_ID,
    },
    "model_calls": 0,
}
_STREAM = (
    'event: text\ndata: {"type":"text","text":"Could you please tell me more about the issue …?"}\nid: 1\n\n'
    'event: turn_end\ndata: {"type":"turn_end","phase":"gathering","model_calls":1}\nid: 2\n\n'
)
_NAMES = {
    400: "The body is no JSON",
    401: "No key or token, or one that is not known",
    403: "From a page or through a proxy that may not call, or for two persons at once",
    404: "There is no such conversation, or it is somebody else's",
    408: "The body did not arrive in time",
    413: "The body has more than 1 MB",
    415: "The body is sent as something else than JSON",
    421: "The server goes by another name",
    422: "The body or a header is wrong; or an Idempotency-Key came before with another request",
    429: "Too much at once",
    503: "The conversation cannot be kept at the moment: try again after Retry-After seconds",
}
_SCHEMA = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {MEDIA_TYPE: _SCHEMA}} for status, text in _NAMES.items()
}


def _reply(status: int, example: dict[str, Any], description: str) -> dict[int | str, dict[str, Any]]:
    return {
        status: {
            "description": description,
            "model": Reply,
            "content": {
                "application/json": {"example": example},
                "text/event-stream": {"schema": {"type": "string"}, "example": _STREAM},
            },
        }
    }


def started() -> dict[int | str, dict[str, Any]]:
    """Of a conversation that was started."""
    return _reply(201, QUESTION, "The reply; `Location` is the conversation's address")


def replied() -> dict[int | str, dict[str, Any]]:
    """Of a message."""
    return _reply(200, QUESTION, "The reply, or its events with `Accept: text/event-stream`")


def pressed() -> dict[int | str, dict[str, Any]]:
    """Of a press."""
    return _reply(200, HANDOFF, "The reply, or its events with `Accept: text/event-stream`")
