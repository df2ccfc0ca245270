"""What a catalogue says about BeyondTrust Remote Support: how a queue is addressed, and the two targets.

Limits are the vendor's: code names have at most 64 of letters, digits, `_` and `-`, ids are int32, a session
has at most 30 custom fields.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from agent.catalogue.texts import CodeName, Host, Name, Text, code_name
from agent.records.base import Record

EXTERNAL_KEY = "external_key"
_INT32 = 2**31
_PLAIN = ("name", "email", "summary", "reference", "queue")
_SOURCE = re.compile(rf"{'|'.join(_PLAIN)}|(?:attribute|text):.+")


def _source(text: str) -> str:
    if not _SOURCE.fullmatch(text):
        raise ValueError(
            f'"{text}" is nothing that can be sent: write {", ".join(_PLAIN)}, attribute:KEY or text:WORDS'
        )
    return text


def _correlation(text: str) -> str:
    custom, colon, code = text.partition(":")
    if text != EXTERNAL_KEY and (custom, colon) != ("custom", ":"):
        raise ValueError(
            f'"{text}" is no field: write external_key, or custom:CODE with a field\'s code name'
        )
    return code_name(code or text)


def _issue(text: str) -> str:
    if text.isdecimal() and int(text) >= _INT32:
        raise ValueError(f'"{text}" is no issue: numbers of issues are smaller than {_INT32:,}')
    return text


Source = Annotated[Text, AfterValidator(_source)]
Correlation = Annotated[Text, AfterValidator(_correlation)]
Issue = Annotated[CodeName, AfterValidator(_issue)]


class BeyondTrust(Record):
    """How the two BeyondTrust targets address a queue.

    `issue` is an issue's code name or, in digits alone, its number; `host` the public site, where it is not the
    target's; `priority` goes from 1 (high) to 3 (low); `team_name` is the name of the team that answers, where it is
    not the queue's.
    """

    issue: Issue | None = None
    team: Annotated[int, Field(ge=1, lt=_INT32)] | None = None
    host: Host | None = None
    skills: Annotated[tuple[CodeName, ...], Field(max_length=20)] = ()
    priority: Literal["1", "2", "3"] | None = None
    team_name: Name | None = None

    @property
    def issue_code(self) -> str | None:
        """The issue's code name; None where it is addressed by number, or not at all."""
        return None if self.issue is None or self.issue.isdecimal() else self.issue


class BeyondTrustSettings(Record):
    """What both targets have.

    `correlation` is the session attribute that gets the proposal's random reference (the file says
    `external_key` or `custom:CODE`, here it is the bare code name). `fields` are further session attributes by
    code name (`external_key` is one of them), with what goes there. `send_summary`: a link may carry the summary.
    `availability`: how many agents are online is told, and looked up again after so many seconds.
    """

    host: Host
    correlation: Correlation = EXTERNAL_KEY
    fields: Annotated[dict[CodeName, Source], Field(max_length=29)] = Field(default_factory=dict)
    send_summary: bool = False
    availability: Annotated[int, Field(ge=10, le=3600)] | None = None

    @property
    def address(self) -> str:
        """Where it leads: scheme, host and port."""
        return f"https://{self.host}"

    @model_validator(mode="after")
    def _one_value_a_field(self) -> Self:
        if self.correlation in self.fields:
            raise ValueError(
                f"the field {self.correlation} would carry both the correlation and what fields says: "
                "write correlation: custom:CODE with a field of its own"
            )
        return self


class PortalLinkSettings(BeyondTrustSettings):
    """A handoff leads to the public portal, by a link that needs no credentials.

    `company` is what is sent as the customer's company.
    """

    kind: Literal["portal_link"]
    company: Source | None = None

    @model_validator(mode="after")
    def _summary_only_if_wanted(self) -> Self:
        if not self.send_summary and "summary" in (*self.fields.values(), self.company):
            raise ValueError("the summary would go into the link: say send_summary: true if you want that")
        return self


class SessionKeySettings(BeyondTrustSettings):
    """A handoff leads to a session key, which the appliance's API makes.

    `ttl` is the key's life in seconds. With `on_failure` the person gets a portal link where no key can be had.
    """

    kind: Literal["session_key"]
    ttl: Annotated[int, Field(ge=60, le=3600)] = 600
    on_failure: Literal["portal_link"] | None = None

    @model_validator(mode="after")
    def _link_within_key(self) -> Self:
        if self.send_summary and (self.on_failure is None or "summary" not in self.fields.values()):
            raise ValueError(
                "send_summary is for the link of on_failure: portal_link, which carries only what a field of "
                "the key carries, too: add both, or take send_summary away"
            )
        return self
