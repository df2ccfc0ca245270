"""live-agent-handoff: from "I'd like to speak to a live agent" to the right support queue.

    from agent import HandoffAgent, User

    agent = HandoffAgent.from_file("queues.yaml")
    chat = agent.start(user=User(name="Ada", email="ada@acme.com"))
    reply = await chat.send("I'd like to speak to a live agent")

The promises this package keeps in code are listed in the README; errors are drawn in `agent.errors`.
"""

from agent.agent import HandoffAgent
from agent.chat import Chat
from agent.errors import HandoffError
from agent.models.base import Answer, Briefing, ChatModel
from agent.records.conversation import Conversation
from agent.records.reply import Button, Handoff, Proposal, Reply, Step
from agent.records.user import User
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
    "Reply",
    "Step",
    "User",
]
