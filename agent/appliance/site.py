"""What an appliance has been set up with: teams, their issues, representatives, portals, fields, API accounts."""

import os
import secrets
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from agent.catalogue.reader import parse
from agent.catalogue.texts import Name
from agent.errors import FileError, Mistake
from agent.records.base import Record

Id = Annotated[int, Field(ge=1, lt=2**31)]
CodeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Representative(Record):
    """Who takes sessions. `logged_in` is how they begin; it can be changed while the stand-in runs."""

    id: Id
    username: Name
    display_name: Name
    logged_in: bool = True


class Issue(Record):
    """A problem that a customer can choose; its team takes it. `priority`: 1 high, 3 low."""

    id: Id
    code_name: CodeName
    name: Name
    skills: tuple[CodeName, ...] = ()
    priority: Annotated[int, Field(ge=1, le=3)] = 2


class Team(Record):
    """A team with its queue. `members` are user names; a persistent queue waits with nobody logged in.

    `portals` are the ids of the public sites that offer it; without them, all do.
    """

    id: Id
    name: Name
    code_name: CodeName
    comments: str = ""
    persistent_queue: bool = False
    members: tuple[Name, ...] = ()
    portals: tuple[Id, ...] | None = None
    issues: tuple[Issue, ...] = ()


class Portal(Record):
    """A public site. While it is closed, sessions start by session key only."""

    id: Id
    hostname: Name
    name: Name
    open: bool = True


class Account(Record):
    """An API account and its rights. Without a secret a new one is made at every start."""

    client_id: Name
    client_secret: Name | None = Field(default=None, repr=False)
    command: Literal["deny", "read_only", "full"] = "full"
    reporting: bool = True
    configuration: bool = True

    def with_secret(self) -> Self:
        """The account as it can be used."""
        if self.client_secret is not None:
            return self
        return self.model_copy(update={"client_secret": secrets.token_urlsafe(24)})


class Site(Record):
    """All of it. `custom_fields` and `skills` are code names; `external_key` is always there."""

    representatives: tuple[Representative, ...] = ()
    teams: Annotated[tuple[Team, ...], Field(min_length=1)]
    portals: Annotated[tuple[Portal, ...], Field(min_length=1)]
    custom_fields: tuple[CodeName, ...] = ()
    skills: tuple[CodeName, ...] = ()
    accounts: Annotated[tuple[Account, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _once("representative id", (person.id for person in self.representatives))
        _once("user name", (person.username for person in self.representatives))
        _once("team id", (team.id for team in self.teams))
        _once("team code name", (team.code_name for team in self.teams))
        _once("issue id", (issue.id for issue in self.issues))
        _once("issue code name", (issue.code_name for issue in self.issues))
        _once("portal host name", (portal.hostname for portal in self.portals))
        _once("client_id", (account.client_id for account in self.accounts))
        known = {person.username for person in self.representatives}
        if strangers := {name for team in self.teams for name in team.members} - known:
            raise ValueError(f"no representative has the user name {', '.join(sorted(strangers))}")
        ids = {portal.id for portal in self.portals}
        if gone := {id_ for team in self.teams for id_ in team.portals or ()} - ids:
            raise ValueError(f"no portal has the id {', '.join(map(str, sorted(gone)))}")
        return self

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The issues of all teams."""
        return tuple(issue for team in self.teams for issue in team.issues)

    def team(self, key: str) -> Team | None:
        """The team with this id or code name."""
        return next((team for team in self.teams if key in (str(team.id), team.code_name)), None)

    def issue(self, key: str) -> tuple[Team, Issue] | None:
        """The issue with this id or code name, and the team that owns it."""
        return next(
            (
                (team, issue)
                for team in self.teams
                for issue in team.issues
                if key in (str(issue.id), issue.code_name)
            ),
            None,
        )

    def representative(self, key: str) -> Representative | None:
        """The representative with this id or user name."""
        return next(
            (person for person in self.representatives if key in (str(person.id), person.username)), None
        )

    def members(self, team: Team) -> tuple[Representative, ...]:
        """Who belongs to `team`."""
        return tuple(person for person in self.representatives if person.username in team.members)


def example_site_path() -> Path:
    """The shipped site: it has an issue for every queue of the shipped catalogue."""
    return Path(str(files("agent.appliance") / "site.yaml"))


def load_site(path: str | os.PathLike[str]) -> Site:
    """The site in a YAML file. Raises `FileError` with every mistake."""
    where = os.fspath(path)
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise FileError(where, [Mistake(0, f"the file cannot be read ({error.strerror})")]) from None
    tree, lines, mistakes = parse(content)
    if tree is None:
        raise FileError(where, mistakes)
    try:
        site = Site.model_validate(tree)
    except ValidationError as error:
        mistakes += [Mistake(lines.at(e["loc"]), _text(e["loc"], e["msg"])) for e in error.errors()]
    if mistakes:
        raise FileError(where, mistakes)
    return site


def _text(loc: tuple[int | str, ...], message: str) -> str:
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in loc)
    message = message.removeprefix("Value error, ")
    message = message.replace("Extra inputs are not permitted", "there is no such key")
    return f"{place}: {message[:1].lower()}{message[1:]}" if place else message


def _once(what: str, values: Iterable[object]) -> None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"the {what} {value} stands there twice")
        seen.add(value)
