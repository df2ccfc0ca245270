"""The Configuration API: `/api/config/v1`, bare arrays in pages.

Documented are the fields of a team; those of the other resources are plausible and no more.
"""

import math
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from agent.appliance.api import Call
from agent.appliance.commands_json import denied
from agent.appliance.site import Representative, Site
from agent.appliance.wire import json_answer, refusal

PER_PAGE = 100
PAGES = range(5, 101)
Items = list[dict[str, Any]]


class Configuration:
    """The resources that the stand-in knows."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.resources: dict[str, Callable[[Call], Items | None]] = {
            "team": self._teams,
            "team/{id}/user": self._team_users,
            "public-portal": self._portals,
            "rep-status": self._statuses,
            "user": self._users,
        }

    def answer(self, resource: str) -> Callable[[Call], Response]:
        """Answers `GET resource`."""

        def answer(call: Call) -> Response:
            if call.no_rights or not call.account.configuration:
                return denied()
            query = call.request.query_params
            if set(query) - {"per_page", "current_page"}:
                return refusal("access_denied", "The request has an unknown parameter.", 401)
            items = self.resources[resource](call)
            if items is None:
                return json_answer({"message": "There is no such resource."}, 404)
            return _page(call, items, query.get("per_page", str(PER_PAGE)), query.get("current_page", "1"))

        return answer

    def _teams(self, _: Call) -> Items:
        everywhere = [portal.id for portal in self._site.portals]
        return [
            {
                "id": team.id,
                "name": team.name,
                "code_name": team.code_name,
                "comments": team.comments,
                "persistent_queue": team.persistent_queue,
                "public_portal_ids": everywhere if team.portals is None else list(team.portals),
            }
            for team in self._site.teams
        ]

    def _team_users(self, call: Call) -> Items | None:
        id_ = call.request.path_params["id"]
        team = self._site.team(id_) if id_.isdecimal() else None
        return None if team is None else [_user(person) for person in self._site.members(team)]

    def _portals(self, _: Call) -> Items:
        return [
            {"id": portal.id, "name": portal.name, "hostnames": [portal.hostname]}
            for portal in self._site.portals
        ]

    def _statuses(self, _: Call) -> Items:
        return [{"id": 1, "name": "Available"}, {"id": 2, "name": "Busy"}]

    def _users(self, _: Call) -> Items:
        return [_user(person) for person in self._site.representatives]


def _user(person: Representative) -> dict[str, Any]:
    return {"id": person.id, "username": person.username, "public_display_name": person.display_name}


def _page(call: Call, items: Items, per_page: str, current_page: str) -> Response:
    errors = {}
    if not per_page.isdecimal() or len(per_page) > 3 or int(per_page) not in PAGES:
        errors["per_page"] = ["The per page must be between 5 and 100."]
    if not current_page.isdecimal() or len(current_page) > 9 or int(current_page) < 1:
        errors["current_page"] = ["The current page must be at least 1."]
    if errors:
        return json_answer({"message": "The given data was invalid.", "errors": errors}, 422)
    size, page = int(per_page), int(current_page)
    last = max(1, math.ceil(len(items) / size))
    headers = {
        "X-BT-Pagination-Current-Page": str(page),
        "X-BT-Pagination-Last-Page": str(last),
        "X-BT-Pagination-Per-Page": str(size),
        "X-BT-Pagination-Total": str(len(items)),
        "Link": _links(call, size, page, last),
    }
    return json_answer(items[(page - 1) * size : page * size], 200, headers)


def _links(call: Call, size: int, page: int, last: int) -> str:
    pages = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    base = call.origin + call.request.url.path
    return ", ".join(
        f'<{base}?{urlencode({"per_page": size, "current_page": number})}>; rel="{name}"'
        for name, number in pages.items()
        if 1 <= number <= last
    )
