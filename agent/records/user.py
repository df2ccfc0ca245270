"""The person in the conversation, as the host knows them."""

from pydantic import Field

from agent.records.base import Record


class User(Record):
    """Who asks. All of it comes from the host, nothing from the conversation or the model.

    `attributes` open queues that are `only_for` some people, for example ``{"region": "EU"}``; a value may be
    a list. `locale` ("de", "en-GB") sets the language of the fixed texts; without it the language is detected.
    """

    name: str | None = None
    email: str | None = None
    locale: str | None = None
    attributes: dict[str, str | list[str]] = Field(default_factory=dict)
