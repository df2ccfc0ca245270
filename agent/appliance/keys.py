"""Session keys: made by a command, used once."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.appliance.dialect import Dialect
from agent.appliance.sessions import Given, Place, Session, Sessions
from agent.appliance.site import Site
from agent.appliance.wire import CommandError

LIFETIME = 86_400  # seconds, as recorded of keys without a ttl
FIELD_CHARS = 1024
FIELDS, FIELDS_BYTES = 30, 10_240
CUSTOM = "session.custom."
EXTERNAL_KEY = "external_key"


@dataclass(slots=True)
class SessionKey:
    """A key: 7 digits to type in, 32 hexadecimal digits to follow. `used` is the session that it began."""

    short_key: str
    access_key: str
    queue_id: str
    given: Given
    expires: float
    used: Session | None = None


class Keys:
    """Makes keys and finds them again."""

    def __init__(self, site: Site, sessions: Sessions, dialect: Dialect, clock: Callable[[], float]) -> None:
        self._site, self._sessions, self._dialect, self._clock = site, sessions, dialect, clock
        self.all: list[SessionKey] = []

    def make(self, wanted: Mapping[str, str]) -> SessionKey:
        """Carry out `generate_session_key`. Raises `CommandError`."""
        if wanted.get("type") != "support":
            raise CommandError("The type must be support.")
        queue_id = wanted.get("queue_id", "")
        custom = self.custom(wanted)
        given = Given(
            place=self.place(queue_id),
            portal=self._portal(wanted.get("url_hostname")),
            started_by="a session key",
            customer=_customer(wanted) if self._dialect.customer_on_keys else {},
            external_key=custom.pop(EXTERNAL_KEY, ""),
            custom=custom,
            priority=_whole(wanted, "session.priority", 2, range(1, 4), "1, 2 or 3"),
            skills=self._skills(wanted.get("session.skills", "")),
        )
        ttl = _whole(wanted, "ttl", LIFETIME, range(1, 2**31), "a number of seconds from 1 on")
        key = SessionKey(self._unused(), secrets.token_hex(16), queue_id, given, self._clock() + ttl)
        self.all.append(key)
        return key

    def find(self, *, short: str = "", access: str = "") -> SessionKey | None:
        """The key that is meant, expired and used ones too."""
        return next(
            (key for key in self.all if key.short_key == short or key.access_key == access.lower()), None
        )

    def expired(self, key: SessionKey) -> bool:
        """Whether it is too late for `key`."""
        return self._clock() >= key.expires

    def place(self, queue_id: str) -> Place:
        """The queue that a `queue_id` means. Raises `CommandError`."""
        kind, _, value = queue_id.partition(":")
        match kind:
            case "general" if not value:
                return Place()
            case "team" if value.isdecimal() and (team := self._site.team(value)):
                return Place.of_team(team)
            case "rep" if value.isdecimal() and (person := self._site.representative(value)):
                return Place.of_representative(person)
            case "rep_username" if (person := self._site.representative(value)) and person.username == value:
                return Place.of_representative(person)
            case "issue" if (found := self._site.issue(value)) and found[1].code_name == value:
                return Place.of_team(*found)
        raise CommandError("The queue_id is invalid: there is no such queue.")

    def custom(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """The `session.custom.*` fields, by code name. Raises `CommandError` for one that is not configured."""
        custom = {
            name.removeprefix(CUSTOM): value for name, value in wanted.items() if name.startswith(CUSTOM)
        }
        for name, value in custom.items():
            if name != EXTERNAL_KEY and name not in self._site.custom_fields:
                raise CommandError(f"There is no custom field {name}.")
            if len(value) > FIELD_CHARS:
                raise CommandError(f"The value of {name} is too long.")
        if len(custom) > FIELDS or sum(len(value.encode()) for value in custom.values()) > FIELDS_BYTES:
            raise CommandError("The custom fields are too many or too long.")
        return custom

    def _portal(self, hostname: str | None) -> str:
        for portal in self._site.portals:
            if hostname in (None, portal.hostname):
                return portal.name
        raise CommandError("The url_hostname is invalid: there is no such public site.")

    def _skills(self, listed: str) -> tuple[str, ...]:
        skills = tuple(filter(None, (name.strip() for name in listed.split(","))))
        if unknown := [name for name in skills if name not in self._site.skills]:
            raise CommandError(f"There is no skill {unknown[0]}.")
        return skills

    def _unused(self) -> str:
        taken = {key.short_key for key in self.all}
        while (short := f"{secrets.randbelow(10**7):07}") in taken:
            pass
        return short


def _customer(wanted: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix("customer."): value
        for name, value in wanted.items()
        if name.startswith("customer.")
    }


def _whole(wanted: Mapping[str, str], name: str, default: int, allowed: range, words: str) -> int:
    text = wanted.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 10 or int(text) not in allowed:
        raise CommandError(f"The {name} must be {words}.")
    return int(text)
