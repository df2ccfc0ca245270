"""`/api/start_session` and `/?ak=…`: what a link means, and what a real appliance may make of it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from agent.appliance.keys import CUSTOM, EXTERNAL_KEY, FIELD_CHARS, FIELDS, FIELDS_BYTES, Keys, SessionKey
from agent.appliance.sessions import Given, Place, Session, Sessions
from agent.appliance.site import Site

_SHORT = {"customer.name": 100, "customer.company": 100, "customer.company_code": 100}
_DETAILS, _DETAILS_BYTES = "customer.details", 1024
_FORMS = {"issue_menu", "codeName", "id", "name", "short_key"}
_OTHERS = {"c2cjs", "locale", "session.skills", _DETAILS, *_SHORT}
_ACCESS_KEY = re.compile(r"[0-9a-fA-F]{32}")


class BadLink(Exception):
    """A link that starts nothing; the text says why, `status` is that of the page."""

    def __init__(self, text: str, status: int = 400, used: Session | None = None) -> None:
        super().__init__(text)
        self.status, self.used = status, used


class Starter:
    """Begins sessions from links."""

    def __init__(self, site: Site, sessions: Sessions, keys: Keys) -> None:
        self._site, self._sessions, self._keys = site, sessions, keys

    def from_link(self, query: str, hostname: str) -> Session:
        """The session that a start link begins. Raises `BadLink`."""
        pairs = parse_qsl(query, keep_blank_values=True)
        given = dict(pairs)
        warnings = list(_warnings(given, self._site))
        if twice := sorted({name for name, _ in pairs if [n for n, _ in pairs].count(name) > 1}):
            warnings.append(
                f"{', '.join(twice)} stands there more than once: a real appliance may take another one"
            )
        if "short_key" in given:
            if given.keys() & (_FORMS - {"short_key"}):
                raise BadLink("A start link has exactly one of: a representative, a session key, an issue.")
            return self._from_key(self._keys.find(short=given["short_key"]), given, warnings)
        portal = next((p for p in self._site.portals if p.hostname == hostname), self._site.portals[0])
        if not portal.open:
            warnings.append(
                "the portal is closed: every way to start but session keys is taken away then, and what a real "
                "appliance shows instead is not documented"
            )
        place, by = self._place(given, warnings)
        return self._sessions.start(
            Given(
                place=place,
                portal=portal.name,
                started_by=by,
                customer=_customer(given),
                custom=_custom(given),
                external_key=given.get(CUSTOM + EXTERNAL_KEY, ""),
                priority=place.issue.priority if place.issue else 2,
                skills=_skills(given) or (place.issue.skills if place.issue else ()),
                locale=given.get("locale", ""),
                warnings=(*warnings, *self._nobody(place)),
            )
        )

    def from_access_key(self, access_key: str) -> Session:
        """The session that `/?ak=…` begins. Raises `BadLink`."""
        if not _ACCESS_KEY.fullmatch(access_key):
            raise BadLink("This is no access key: it has 32 hexadecimal digits.", 404)
        return self._from_key(self._keys.find(access=access_key), {}, [])

    def _from_key(self, key: SessionKey | None, link: Mapping[str, str], warnings: list[str]) -> Session:
        if key is None:
            raise BadLink("There is no such session key.", 404)
        if key.used is not None:
            raise BadLink("This session key was used already.", 410, key.used)
        if self._keys.expired(key):
            raise BadLink("This session key has expired.", 410)
        if fixed := sorted(name for name in link if name.startswith(CUSTOM)):
            warnings.append(
                f"{', '.join(fixed)} of the link is left out: the fields of a session key cannot be edited"
            )
        place = key.given.place
        key.used = self._sessions.start(
            Given(
                place=place,
                portal=key.given.portal,
                started_by=key.given.started_by,
                customer={**_customer(link), **key.given.customer},
                custom=key.given.custom,
                external_key=key.given.external_key,
                priority=key.given.priority,
                skills=key.given.skills or _skills(link) or (place.issue.skills if place.issue else ()),
                locale=link.get("locale", ""),
                warnings=(*warnings, *self._nobody(place)),
            )
        )
        return key.used

    def _place(self, given: Mapping[str, str], warnings: list[str]) -> tuple[Place, str]:
        if given.get("issue_menu") == "1":
            wanted = [given[name] for name in ("codeName", "id") if name in given]
            if len(wanted) != 1 or "name" in given:
                raise BadLink("A link to an issue has issue_menu=1 and either codeName or id, and no name.")
            found = self._site.issue(wanted[0])
            if found is None:
                warnings.append(
                    f"there is no issue {wanted[0]}: what a real appliance does then is not documented. "
                    "Here the session waits in the general queue"
                )
                return Place(), "a link to an issue"
            return Place.of_team(*found), "a link to an issue"
        if "id" in given and "name" in given and not given.keys() & {"issue_menu", "codeName"}:
            person = self._site.representative(given["id"])
            if person is None or given["name"] not in (person.display_name, person.username):
                warnings.append("there is no such representative: a real appliance may refuse it")
            return (Place.of_representative(person) if person else Place()), "a link to a representative"
        raise BadLink(
            "A start link has exactly one of: a representative (id and name), a session key (short_key), an issue "
            "(issue_menu=1 with codeName or id). No link takes the id of a team or a queue."
        )

    def _nobody(self, place: Place) -> Iterator[str]:
        if self._sessions.available(place):
            return
        team = self._site.team(str(place.id)) if place.kind == "team" else None
        if team is None or not team.persistent_queue:
            yield (
                "nobody who could take it is logged in: a real appliance may show a message, or lead to another page"
            )
        else:
            yield "nobody of the team is logged in: in a persistent queue the customer waits"


def _warnings(given: Mapping[str, str], site: Site) -> Iterator[str]:
    for name, limit in _SHORT.items():
        if (length := len(given.get(name, ""))) > limit:
            yield f"{name} has {length:,} characters, more than {limit}: a real appliance may cut or refuse it"
    if (length := len(given.get(_DETAILS, "").encode())) > _DETAILS_BYTES:
        yield f"{_DETAILS} has {length:,} bytes, more than {_DETAILS_BYTES:,}: a real appliance may cut or refuse it"
    if odd := sorted(name for name, value in given.items() if any(map(_is_control, value))):
        yield f"{', '.join(odd)} has control characters: a real appliance may refuse them"
    yield from _field_warnings(given, site)
    if unknown := sorted(set(_skills(given)) - set(site.skills)):
        yield f"there is no skill {', '.join(unknown)}: a real appliance may leave it out"
    if given.get("c2cjs") != "1":
        yield "c2cjs=1 is missing: a real appliance offers its full client for download instead of the web chat"
    if strange := sorted(n for n in given.keys() - _FORMS - _OTHERS if not n.startswith(CUSTOM)):
        yield f"{', '.join(strange)} is no documented parameter: a real appliance may leave it out"


def _field_warnings(given: Mapping[str, str], site: Site) -> Iterator[str]:
    fields = {name.removeprefix(CUSTOM): value for name, value in given.items() if name.startswith(CUSTOM)}
    if unknown := sorted(fields.keys() - {EXTERNAL_KEY, *site.custom_fields}):
        yield f"the custom field {', '.join(unknown)} is not configured: a real appliance may leave it out or refuse it"
    for name, value in fields.items():
        if len(value) > FIELD_CHARS:
            yield f"the custom field {name} has more than {FIELD_CHARS:,} characters: a real appliance may refuse it"
    if len(fields) > FIELDS or sum(len(value.encode()) for value in fields.values()) > FIELDS_BYTES:
        yield f"there are more than {FIELDS} custom fields, or 10 KB in them: a real appliance may refuse it"


def _customer(given: Mapping[str, str]) -> dict[str, str]:
    names = (*_SHORT, _DETAILS)
    return {name.removeprefix("customer."): given[name] for name in names if name in given}


def _custom(given: Mapping[str, str]) -> dict[str, str]:
    fields = {name.removeprefix(CUSTOM): value for name, value in given.items() if name.startswith(CUSTOM)}
    fields.pop(EXTERNAL_KEY, None)
    return fields


def _skills(given: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in given.get("session.skills", "").split(","))))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"
