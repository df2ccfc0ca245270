"""live-agent-handoff: from "I'd like to speak to a live agent" to the right support queue.

    from agent import HandoffAgent, User

    agent = HandoffAgent.from_file("queues.yaml")
    chat = agent.start(user=User(name="Ada", email="ada@acme.com"))
    reply = await chat.send("I'd like to speak to a live agent")

The promises this package keeps in code are listed in the README; errors are drawn in `agent.errors`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.agent import HandoffAgent
    from agent.chat import Chat
    from agent.errors import HandoffError
    from agent.models.base import Answer, Briefing, ChatModel
    from agent.records.conversation import Conversation
    from agent.records.reply import Button, Handoff, Proposal, Reply, Step
    from agent.records.user import User
    from agent.redaction.base import Redactor
    from agent.turn.limits import Limits

__all__ = [
    "Answer",
    "Briefing",
    "Button",
    "Chat",
    "ChatModel",
    "Conversation",
    "Handoff",
    "HandoffAgent",
    "HandoffError",
    "Limits",
    "Proposal",
    "Redactor",
    "Reply",
    "Step",
    "User",
]

_HOMES = {
    "agent.agent": ["HandoffAgent"],
    "agent.chat": ["Chat"],
    "agent.errors": ["HandoffError"],
    "agent.models.base": ["Answer", "Briefing", "ChatModel"],
    "agent.records.conversation": ["Conversation"],
    "agent.records.reply": ["Button", "Handoff", "Proposal", "Reply", "Step"],
    "agent.records.user": ["User"],
    "agent.redaction.base": ["Redactor"],
    "agent.turn.limits": ["Limits"],
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: `handoff --help` needs none of them."""
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = value = getattr(import_module(home), name)
            return value
    raise AttributeError(f"module 'agent' has no attribute {name!r}")
