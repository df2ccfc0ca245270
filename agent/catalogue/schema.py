"""`queues.yaml` as data. Cross-checks between the parts stand in `check.py`, opening hours in `hours.py`."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from agent.catalogue.beyondtrust import BeyondTrust, PortalLinkSettings, SessionKeySettings
from agent.catalogue.gathered import Gathered
from agent.catalogue.hours import Hours
from agent.catalogue.texts import (
    ANY,
    Example,
    HelpUrl,
    Language,
    Name,
    Notice,
    NoticeLanguage,
    Prose,
    QueueId,
    TargetUrl,
    Text,
)
from agent.records.base import Record


class Link(Record):
    """Help beside the queues; the URL takes the same placeholders as the target's."""

    label: Name
    url: HelpUrl


class UrlTemplateSettings(Record):
    """A handoff leads to a URL with placeholders."""

    kind: Literal["url_template"] = "url_template"
    url: TargetUrl

    @property
    def address(self) -> str:
        """Where it leads: scheme, host and port."""
        return "/".join(self.url.replace("?", "/").replace("#", "/").split("/")[:3])


def _kind(settings: object) -> str:
    kind = settings.get("kind") if isinstance(settings, dict) else getattr(settings, "kind", None)
    return "url_template" if kind is None else str(kind)


TargetSettings = Annotated[
    Annotated[UrlTemplateSettings, Tag("url_template")]
    | Annotated[PortalLinkSettings, Tag("portal_link")]
    | Annotated[SessionKeySettings, Tag("session_key")],
    Discriminator(_kind),
]
"""Where a handoff leads; each kind has keys of its own."""

TARGETS: dict[str, type[Record]] = {
    "url_template": UrlTemplateSettings,
    "portal_link": PortalLinkSettings,
    "session_key": SessionKeySettings,
}


class Queue(Record):
    """A support queue. Name, description, `not_for` and `examples` are what routing is made from.

    `escalates_to` are the queues to which its agents normally pass a chat on: no misroute, when one is.
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
    escalates_to: tuple[QueueId, ...] = ()
    owner: Text | None = None
    beyondtrust: BeyondTrust | None = None


def _in_all_languages(notice: object) -> object:
    return {ANY: notice} if isinstance(notice, str) else notice


NO_KEYS = frozenset({"hash", "gathered"})
"""Fields of a `Catalogue` that are no keys of the file."""


class Catalogue(Record):
    """A catalogue.

    `notice` is what people read before their first message, by language. `examples_from` names files of eval cases, relative to the catalogue's folder; `gathered` is what was read from
    them. `hash` is the SHA-256 of the file it came from, and of those files.
    """

    version: Literal["1"]
    target: TargetSettings
    default_queue: QueueId
    calendars: dict[Text, Hours] = Field(default_factory=dict)
    other_help: tuple[Link, ...] = ()
    after_hours: Link | None = None
    notice: Annotated[dict[NoticeLanguage, Notice], BeforeValidator(_in_all_languages)] = Field(
        default_factory=dict
    )
    examples_from: tuple[Text, ...] = ()
    queues: Annotated[tuple[Queue, ...], Field(min_length=1)]
    hash: str = ""
    gathered: tuple[Gathered, ...] = Field(default=(), repr=False)

    @cached_property
    def by_id(self) -> dict[str, Queue]:
        """Every queue by its id, hidden ones too: only for checks, never for what a person is shown."""
        return {queue.id: queue for queue in self.queues}

    def notice_in(self, locale: str | None) -> str:
        """The notice for `locale` ("de-AT"): in it, in its language, for all others, in any; "" where there is none."""
        known = {language.lower(): text for language, text in self.notice.items()}
        wanted = (locale or "en").replace("_", "-").lower()
        found = (known.get(language) for language in (wanted, wanted.split("-")[0], ANY, "en"))
        return next(filter(None, found), next(iter(known.values()), ""))

    def hours_of(self, queue: Queue) -> Hours | None:
        """The queue's own hours, else its calendar's, else None: always open."""
        return queue.hours or (self.calendars[queue.calendar] if queue.calendar else None)
