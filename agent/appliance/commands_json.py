"""The Command API in JSON: `/api/command/v2`, of newer releases.

The endpoints are documented, their bodies not in full: names beyond `issue_code_name`, `rep_username`,
`url_hostname` and those of the XML answer are plausible and no more.
"""

from typing import Any

from starlette.responses import Response

from agent.appliance.api import Call, Errors
from agent.appliance.commands_xml import key_url
from agent.appliance.keys import CUSTOM, EXTERNAL_KEY, Keys
from agent.appliance.sessions import Sessions
from agent.appliance.site import Issue, Site, Team
from agent.appliance.wire import CommandError, json_answer

_AS_IN_XML = {"external_key": CUSTOM + EXTERNAL_KEY, "priority": "session.priority", "ttl": "ttl"}


class JsonCommands:
    """The endpoints that the stand-in knows."""

    def __init__(self, site: Site, sessions: Sessions, keys: Keys) -> None:
        self._site, self._sessions, self._keys = site, sessions, keys

    def session_key(self, call: Call) -> Response:
        """`POST session-key`. Raises `CommandError`."""
        if not call.may_command(changes=True):
            return denied()
        key = self._keys.make(_wanted(call.json))
        place = key.given.place
        return json_answer(
            {
                "type": "support",
                "expires": int(key.expires),
                "queue": {"name": place.name, "available": self._sessions.available(place)},
                "queue_id": key.queue_id,
                "external_key": key.given.external_key,
                "short_key": key.short_key,
                "key_url": key_url(call, key),
            },
            201,
        )

    def teams(self, call: Call) -> Response:
        """`GET team`."""
        return json_answer([_team(team) for team in self._site.teams]) if call.may_command() else denied()

    def issues(self, call: Call) -> Response:
        """`GET team/{id}/issue`; the id or the code name of a team."""
        if not call.may_command():
            return denied()
        team = self._site.team(call.request.path_params["id"])
        if team is None:
            return json_answer({"message": "There is no such team."}, 404)
        return json_answer([_issue(issue, team) for issue in team.issues])


def denied() -> Response:
    """What an account gets for what it may not do; the status is not documented."""
    return json_answer(
        {"error": "access_denied", "message": "Permission denied: the API account may not do this."}, 403
    )


JSON_ERRORS = Errors(lambda text, status: json_answer({"message": text}, status), 422)
"""How the JSON commands and the configuration write errors."""


def _team(team: Team) -> dict[str, Any]:
    return {"id": team.id, "name": team.name, "code_name": team.code_name}


def _issue(issue: Issue, team: Team) -> dict[str, Any]:
    return {
        "id": issue.id,
        "name": issue.name,
        "code_name": issue.code_name,
        "priority": issue.priority,
        "skills": list(issue.skills),
        "team_id": team.id,
    }


def _wanted(body: dict[str, Any]) -> dict[str, str]:
    """The body in the words of `generate_session_key`."""
    wanted = {"type": "support", "queue_id": _queue_id(body)}
    wanted |= {theirs: str(body[ours]) for ours, theirs in _AS_IN_XML.items() if body.get(ours) is not None}
    if (hostname := body.get("url_hostname")) is not None:
        wanted["url_hostname"] = str(hostname)
    if isinstance(skills := body.get("skills"), list):
        wanted["session.skills"] = ",".join(map(str, skills))
    fields = body.get("custom_attributes") or {}
    if not isinstance(fields, dict):
        raise CommandError("The custom_attributes must be an object.")
    return wanted | {CUSTOM + str(name): str(value) for name, value in fields.items()}


def _queue_id(body: dict[str, Any]) -> str:
    ways = [name for name in ("queue_type", "issue_code_name", "rep_username") if body.get(name) is not None]
    if len(ways) > 1:
        raise CommandError(f"{ways[0]} cannot be used with {ways[1]}.")
    match ways:
        case ["issue_code_name"]:
            return f"issue:{body['issue_code_name']}"
        case ["rep_username"]:
            return f"rep_username:{body['rep_username']}"
        case ["queue_type"] if body["queue_type"] != "general":
            return f"{body['queue_type']}:{body.get('queue_id', '')}"
        case ["queue_type"]:
            return "general"
    return str(body.get("queue_id", ""))
