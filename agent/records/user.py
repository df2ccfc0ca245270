"""The person in the conversation, as the host knows them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from agent.records.base import Record


def _encodable(value: Any) -> Any:
    # Lone surrogates, which no document can hold, come from broken decoding on the host's side.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_encodable)]


class User(Record):
    """Who asks. All of it comes from the host, nothing from the conversation or the model.

    `id` is the host's own name for the person, `tenant` for the customer or department that they belong to. `attributes` open queues that are `only_for` some people, for example ``{"region": "EU"}``; a value may be
    a list. `locale` ("de", "en-GB") sets the language of the fixed texts; without it the language is detected.
    """

    id: Text | None = None
    tenant: Text | None = None
    name: Text | None = None
    email: Text | None = None
    locale: Text | None = None
    attributes: dict[Text, Text | list[Text]] = Field(default_factory=dict)
