"""On whose behalf a client calls. All of it comes from the host, nothing from what the model says."""

from dataclasses import dataclass

from agent.records.conversation import Conversation
from agent.records.user import User


@dataclass(frozen=True, slots=True)
class Caller:
    """The person, and what their conversations come in by, for example ``mcp:acme`` with a key of acme."""

    user: User
    via: str = "mcp"

    def owns(self, conversation: Conversation) -> bool:
        """Whether this conversation was begun for the same person, through the same door."""
        return conversation.via == self.via and _who(conversation.user) == _who(self.user)


def _who(user: User) -> tuple[str | None, ...]:
    return (user.tenant, user.id, user.name, user.email)
