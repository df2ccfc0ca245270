"""A case: one person, what they know and do, and where they should land. Plain data."""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from agent.cli.lines import Command, Press, Say, parse
from agent.errors import InputError
from agent.language.clean import clean
from agent.records.base import Record
from agent.records.user import User
from agent.turn.limits import Limits

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""The Wednesday noon at which a case without `now` takes place."""

_YEARS = (1970, 2200)  # beyond, opening hours cannot be reckoned

Situation = Literal["question", "proposal", "other_help", "handoff"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _sayable(value: str) -> str:
    if not clean(value):
        raise ValueError("has nothing in it that can be seen")
    if len(value) > LONGEST:
        raise ValueError(f"is too long ({len(value):,} characters): the agent takes {LONGEST:,}")
    return value


LONGEST = Limits().message_chars
Said = Annotated[Text, AfterValidator(_sayable)]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _moment(value: object) -> datetime:
    moment = None
    with suppress(ValueError):
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment is None or moment.tzinfo is None or not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise ValueError("must be a time with its zone, as in 2026-11-18T12:00:00Z")
    return moment


class Act(Record):
    """What the person does instead of the usual, once, where the agent's reply is of the kind `on`.

    `do` is a line as in the terminal: words, or an action such as ``/skip``, ``/edit TEXT``, ``/cancel``.
    """

    on: Situation = "proposal"
    do: Said

    @field_validator("do")
    @classmethod
    def _is_a_line(cls, value: str) -> str:
        try:
            entry = parse(value)
        except InputError as error:
            raise ValueError(str(error).removesuffix(" Nothing was sent.")) from None
        if isinstance(entry, Command):
            raise ValueError(f"{value} does nothing for the agent")  # noqa: TRY004 - for pydantic
        return value

    @property
    def line(self) -> Say | Press:
        """What `do` means."""
        entry = parse(self.do)
        if isinstance(entry, Command):
            raise TypeError(self.do)
        return entry


class Person(Record):
    """Who is played. `facts` are given when asked, in their order or by the words of their keys."""

    facts: dict[Text, Said] = Field(default_factory=dict)
    fallback: Said = "I don't know."
    name: str | None = None
    email: str | None = None
    locale: str | None = None
    attributes: dict[str, str | list[str]] = Field(default_factory=dict)
    acts: tuple[Act, ...] = ()

    @property
    def user(self) -> User:
        """The person as the host knows them."""
        return User(name=self.name, email=self.email, locale=self.locale, attributes=dict(self.attributes))


class Expect(Record):
    """How it should go.

    `queue` has the ids that are right for the first proposal, before opening hours are looked at; `final_queue`
    the one of the last proposal, `handoff_queue` the one that the person really lands in.
    """

    outcome: Literal["handoff", "no_handoff"]
    queue: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    final_queue: Text | None = None
    handoff_queue: Text | None = None
    clarify: Literal["required", "forbidden", "allowed"] = "allowed"

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue that is named."""
        return tuple(filter(None, (*self.queue, self.final_queue, self.handoff_queue)))


class Case(Record):
    """One conversation to be played; a line of a case file."""

    id: Text
    opening: Said
    now: Annotated[datetime, BeforeValidator(_moment)] = NOON
    user: Person = Field(default_factory=Person)
    expect: Expect
    tags: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "Case":
        if self.expect.outcome == "handoff" and not self.expect.queue:
            raise ValueError(
                "a handoff is expected, so `expect.queue` has to name the queue, or a list of queues"
            )
        if self.expect.outcome == "no_handoff" and self.expect.handoff_queue:
            raise ValueError("`expect.handoff_queue` contradicts the outcome no_handoff")
        return self

    @property
    def script(self) -> str:
        """A hash of what is played, whatever is expected of it."""
        played = self.model_dump_json(include={"opening", "now", "user"})
        return hashlib.sha256(played.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def out_of_scope(self) -> bool:
        """Whether no live agent is for this, rather than that the person leaves by an act of their own."""
        expect = self.expect
        return expect.outcome == "no_handoff" and not expect.queue and not self.user.acts
