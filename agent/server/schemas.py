"""Bodies of requests and answers, beside the reply itself."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agent.records.conversation import AssistantMessage, Conversation
from agent.records.reply import Action, Phase, Reply
from agent.records.user import Text, User

_Id = Annotated[Text, Field(max_length=200)]
_Value = Annotated[Text, Field(max_length=200)]
_MODEL = ConfigDict(extra="forbid", frozen=True)


def _few(attributes: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    if len(attributes) > 50:
        raise ValueError("50 attributes at most")
    return attributes


class Person(BaseModel):
    """The person, as the host knows them. Attributes open queues that are only for some people."""

    model_config = _MODEL

    id: _Id | None = Field(default=None, description="The host's own id of the person.")
    name: _Value | None = None
    email: Annotated[Text, Field(max_length=320)] | None = None
    locale: Annotated[Text, Field(max_length=35)] | None = Field(default=None, examples=["de"])
    attributes: Annotated[
        dict[_Value, _Value | Annotated[list[_Value], Field(max_length=50)]], AfterValidator(_few)
    ] = Field(default_factory=dict, json_schema_extra={"maxProperties": 50})

    def user(self) -> User:
        """As the agent knows them."""
        return User(**self.model_dump())


class Start(BaseModel):
    """A new conversation, with the first message if there is one."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"text": "I'd like to speak to a live agent"},
                {
                    "user": {
                        "id": "u-17",
                        "name": "Ada",
                        "email": "ada@acme.com",
                        "attributes": {"region": "EU"},
                    },
                    "text": "my SQL database is slow",
                },
            ]
        },
    )

    user: Person | None = Field(
        default=None,
        description="From a tenant's host, with its key. With a person's token it is left out of account: who "
        "they are stands in the token. Without any key attributes are left out of account.",
    )
    text: Text | None = Field(default=None, examples=["I'd like to speak to a live agent"])


class Message(BaseModel):
    """What the person says."""

    model_config = _MODEL

    text: Text = Field(
        description="16,000 characters at most; more gets a reply that says so.",
        examples=["It is about a SQL database"],
    )


class Press(BaseModel):
    """A button that the person presses: its fields, as the reply has them."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"action": "start", "proposal": "5f0c6a1e8c5d4a7b9e2f3a4b5c6d7e8f"},
                {"action": "edit", "text": "Queries on ORDERS hang since this morning"},
            ]
        },
    )

    action: Action | Literal["message"]
    text: Text | None = None
    queue_id: Text | None = Field(default=None, max_length=500)
    proposal: Text | None = Field(
        default=None, max_length=100, description="With `start`: the proposal that the person saw."
    )


class UserSaid(BaseModel):
    """What the person said, or the button they pressed (`action`)."""

    role: Literal["user"] = "user"
    text: str
    at: datetime
    action: str | None = None


class AgentSaid(BaseModel):
    """A reply, when it was given."""

    role: Literal["assistant"] = "assistant"
    at: datetime
    reply: Reply


class ConversationView(BaseModel):
    """A conversation: where it stands, the last reply, and everything that was said."""

    id: str
    phase: Phase
    created: datetime
    updated: datetime
    reply: Reply | None
    messages: tuple[Annotated[UserSaid | AgentSaid, Field(discriminator="role")], ...]

    @classmethod
    def of(cls, conversation: Conversation) -> "ConversationView":
        """What its person may see of it."""
        return cls(
            id=conversation.id,
            phase=conversation.phase,
            created=conversation.created,
            updated=conversation.updated,
            reply=conversation.last_reply,
            messages=tuple(
                AgentSaid(at=message.at, reply=message.reply)
                if isinstance(message, AssistantMessage)
                else UserSaid(text=message.text, at=message.at, action=message.action)
                for message in conversation.messages
            ),
        )


class ConversationEvent(BaseModel):
    """The first event of a conversation that begins: its id."""

    type: Literal["conversation"] = "conversation"
    id: str
