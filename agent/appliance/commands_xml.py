"""The Command API in XML: `/api/command`.

Documented are the elements of `session_key`, `logged_in_reps` and `api_information`, and the frame of
`support_teams`; what an issue is made of, and the answers of the other actions, are plausible and no more.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from starlette.responses import Response

from agent.appliance.api import Call, Errors
from agent.appliance.dialect import Dialect
from agent.appliance.keys import CUSTOM, EXTERNAL_KEY, Keys, SessionKey
from agent.appliance.sessions import Session, Sessions
from agent.appliance.site import Site, Team
from agent.appliance.wire import CommandError, Element, element, xml_answer

API_VERSION = "1.24.0"
_PERMISSIONS = {"full": "full_access", "read_only": "read_only", "deny": "deny"}


class _Action(NamedTuple):
    root: str
    changes: bool  # needs full access
    run: Callable[[Call], list[Element]]


class XmlCommands:
    """The actions that the stand-in knows."""

    def __init__(
        self,
        site: Site,
        sessions: Sessions,
        keys: Keys,
        dialect: Dialect,
        clock: Callable[[], float],
    ) -> None:
        self._site, self._sessions, self._keys = site, sessions, keys
        self._dialect, self._clock = dialect, clock
        self._actions = {
            "generate_session_key": _Action("session_key", True, self._session_key),
            "get_logged_in_reps": _Action("logged_in_reps", False, self._logged_in),
            "get_support_teams": _Action("support_teams", False, self._teams),
            "get_session_attributes": _Action("custom_attributes", False, self._attributes),
            "set_session_attributes": _Action("set_session_attributes", True, self._set_attributes),
            "transfer_session": _Action("transfer_session", True, self._transfer),
            "terminate_session": _Action("terminate_session", True, self._terminate),
            "check_health": _Action("health", False, self._health),
            "get_api_info": _Action("api_information", False, self._info),
        }

    def answer(self, call: Call) -> Response:
        """Carry the action out. Raises `CommandError`."""
        name = call.parameters.get("action", "")
        action = self._actions.get(name)
        if action is None:
            raise CommandError(f"The action {name} is unknown." if name else "The action is missing.")
        if not call.may_command(changes=action.changes):
            raise CommandError("Permission denied: the API account may not do this.")
        root = element(action.root, *action.run(call))
        return xml_answer(root, self._dialect.namespace_of("command"))

    def _session_key(self, call: Call) -> list[Element]:
        key = self._keys.make(call.parameters)
        place = key.given.place
        url = key_url(call, key)
        return [
            element("type", "support"),
            element("expires", int(key.expires)),
            element("queue", place.name, available=int(self._sessions.available(place))),
            element("queue_id", key.queue_id),
            element("external_key", key.given.external_key),
            element("short_key", key.short_key),
            element("key_url", url),
            element("mail_subject", "Your support session"),
            element("mail_body", f"Start the session at {url} or type in {key.short_key}."),
        ]

    def _logged_in(self, _: Call) -> list[Element]:
        busy = [session.owner.id for session in self._sessions.all if session.owner is not None]
        return [
            element(
                "rep",
                element("display_name", person.display_name),
                element("public_display_name", person.display_name),
                element("private_display_name", person.display_name),
                element("support_session_count", busy.count(person.id)),
                element("showing_on_rep_list", 1),
                id=person.id,
            )
            for person in self._site.representatives
            if person.id in self._sessions.logged_in
        ]

    def _teams(self, call: Call) -> list[Element]:
        with_members = call.parameters.get("showmembers", "") not in ("", "0", "false")
        return [
            element(
                "support_team",
                element("name", team.name),
                element("issues", *self._issues(team)),
                element("members", *self._members(team)) if with_members else None,
                id=team.id,
            )
            for team in self._site.teams
        ]

    def _issues(self, team: Team) -> list[Element]:
        if self._dialect.spelling == "attributes":
            return [
                element("issue", issue.name, id=issue.id, code_name=issue.code_name) for issue in team.issues
            ]
        return [
            element("issue", element("title", issue.name), element("code_name", issue.code_name), id=issue.id)
            for issue in team.issues
        ]

    def _members(self, team: Team) -> list[Element]:
        return [
            element("representative", element("display_name", person.display_name), id=person.id)
            for person in self._site.members(team)
        ]

    def _attributes(self, call: Call) -> list[Element]:
        session = self._session(call.parameters)
        values = {EXTERNAL_KEY: session.external_key} | session.custom
        return [element("custom_attribute", value, code_name=name) for name, value in values.items()]

    def _set_attributes(self, call: Call) -> list[Element]:
        session = self._session(call.parameters)
        for name, value in self._keys.custom(call.parameters).items():
            if name == EXTERNAL_KEY:
                session.external_key = value
            else:
                session.custom[name] = value
        return [element("success", f"The session attributes {CUSTOM}* have been set.")]

    def _transfer(self, call: Call) -> list[Element]:
        session = self._session(call.parameters)
        self._sessions.transfer(session, self._keys.place(call.parameters.get("queue_id", "")))
        return [element("success", "The session has been transferred.")]

    def _terminate(self, call: Call) -> list[Element]:
        self._sessions.end(self._session(call.parameters))
        return [element("success", "The session has been terminated.")]

    def _health(self, _: Call) -> list[Element]:
        return [
            element("success", 1),
            element("hostname", "stand-in"),
            element("timestamp", int(self._clock())),
        ]

    def _info(self, call: Call) -> list[Element]:
        return [
            element("api_version", API_VERSION),
            element("timestamp", int(self._clock())),
            element(
                "permissions",
                element("perm_command", _PERMISSIONS[call.account.command]),
                element("perm_configuration", int(call.account.configuration)),
                element("perm_reporting_support", int(call.account.reporting)),
            ),
        ]

    def _session(self, parameters: Mapping[str, str]) -> Session:
        session = self._sessions.get(parameters.get("lsid", ""))
        if session is None or session.ended is not None:
            raise CommandError("The lsid is invalid: there is no such active session.")
        return session


def key_url(call: Call, key: SessionKey) -> str:
    """The address of a key: always on this machine, whichever public site it is for."""
    return f"{call.origin}/?ak={key.access_key}"


def xml_errors(dialect: Dialect, api: Literal["command", "reporting"]) -> Errors:
    """An `<error>` as the root, or inside one, whichever the dialect says."""

    def write(text: str, status: int) -> Response:
        error = element("error", text)
        root = element("response", error) if dialect.error_inside else error
        return xml_answer(root, dialect.namespace_of(api), status)

    return Errors(write, dialect.error_status)
