"""`queues.yaml` as data. Cross-checks between the parts stand in `check.py`, opening hours in `hours.py`."""

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from agent.catalogue.gathered import Gathered
from agent.catalogue.hours import Hours
from agent.catalogue.templates import checked_help_url, checked_target_url
from agent.records.base import Record

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_CONTROL_IN_PROSE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_IDS = re.compile(r"[<>|{}\s]")  # what separates ids in lists, prompts and URL templates
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ISSUE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _one_line(text: str) -> str:
    if match := _CONTROL.search(text):
        raise ValueError(f"has a control character ({match.group()!r}): keep it to one line of plain text")
    return text


def _prose(text: str) -> str:
    if match := _CONTROL_IN_PROSE.search(text):
        raise ValueError(f"has a control character ({match.group()!r}): take it out")
    return text


def _identifier(text: str) -> str:
    # "." and ".." would change the path of a URL in which they stand.
    if not any(character.isalnum() for character in text):
        raise ValueError(f'"{text}" is no id: it needs a letter or a digit')
    if odd := _NOT_IN_IDS.search(text):
        raise ValueError(
            f'"{text}" is no id: {odd.group()!r} cannot stand in it; use letters, digits, - and _'
        )
    if len(text.encode()) > 200:
        raise ValueError("is too long: an id has at most 200 bytes in UTF-8")
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f'"{text}" is no language code: write en, de or pt-BR')
    return text


def _issue(text: str) -> str:
    if not _ISSUE.fullmatch(text):
        raise ValueError(f'"{text}" is no code name: at most 64 letters, digits, _ and -')
    return text


def _line(limit: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=limit)


Text = Annotated[str, _line(200), AfterValidator(_one_line)]
Name = Annotated[str, _line(100), AfterValidator(_one_line)]
Example = Annotated[str, _line(1000), AfterValidator(_one_line)]
QueueId = Annotated[Text, AfterValidator(_identifier)]
Language = Annotated[Text, AfterValidator(_language)]
IssueCode = Annotated[str, _line(64), AfterValidator(_issue)]
TargetUrl = Annotated[str, _line(2000), AfterValidator(_one_line), AfterValidator(checked_target_url)]
HelpUrl = Annotated[str, _line(2000), AfterValidator(_one_line), AfterValidator(checked_help_url)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000), AfterValidator(_prose)]


class BeyondTrust(Record):
    """How the two BeyondTrust targets address a queue."""

    issue: IssueCode | None = None
    team: Annotated[int, Field(ge=1, lt=2**31)] | None = None


class Link(Record):
    """Help beside the queues; the URL takes the same placeholders as the target's."""

    label: Name
    url: HelpUrl


class TargetSettings(Record):
    """Where a handoff goes. Further kinds bring keys of their own."""

    kind: Literal["url_template"] = "url_template"
    url: TargetUrl


class Queue(Record):
    """A support queue. Name, description, `not_for` and `examples` are what routing is made from.

    Lengths in characters: id 200 (also in bytes of UTF-8), name 100, description and `not_for` 5,000, an example 1,000.
    """

    id: QueueId
    name: Name
    description: Prose = ""
    not_for: Prose = ""
    examples: tuple[Example, ...] = ()
    calendar: Text | None = None
    hours: Hours | None = None
    languages: tuple[Language, ...] = ()
    only_for: dict[Text, Annotated[tuple[Text, ...], Field(min_length=1)]] = Field(default_factory=dict)
    fallback: QueueId | None = None
    owner: Text | None = None
    beyondtrust: BeyondTrust | None = None


NO_KEYS = frozenset({"hash", "gathered"})
"""Fields of a `Catalogue` that are no keys of the file."""


class Catalogue(Record):
    """A catalogue.

    `examples_from` names files of eval cases, relative to the catalogue's folder; `gathered` is what was read from
    them. `hash` is the SHA-256 of the file it came from, and of those files.
    """

    version: Literal["1"]
    target: TargetSettings
    default_queue: QueueId
    calendars: dict[Text, Hours] = Field(default_factory=dict)
    other_help: tuple[Link, ...] = ()
    after_hours: Link | None = None
    examples_from: tuple[Text, ...] = ()
    queues: Annotated[tuple[Queue, ...], Field(min_length=1)]
    hash: str = ""
    gathered: tuple[Gathered, ...] = Field(default=(), repr=False)

    @cached_property
    def by_id(self) -> dict[str, Queue]:
        """Every queue by its id, hidden ones too: only for checks, never for what a person is shown."""
        return {queue.id: queue for queue in self.queues}

    def hours_of(self, queue: Queue) -> Hours | None:
        """The queue's own hours, else its calendar's, else None: always open."""
        return queue.hours or (self.calendars[queue.calendar] if queue.calendar else None)
