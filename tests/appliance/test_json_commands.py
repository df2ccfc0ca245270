"""`/api/command/v2`."""

from typing import Any

import pytest

from agent.appliance.dialect import Dialect
from tests.support.appliance import Running, running_appliance

V2 = "/api/command/v2"


@pytest.mark.parametrize(
    ("queue", "queue_id"),
    [
        ({"issue_code_name": "db_support"}, "issue:db_support"),
        ({"rep_username": "ada"}, "rep_username:ada"),
        ({"queue_type": "team", "queue_id": 12}, "team:12"),
        ({"queue_type": "general"}, "general"),
        ({"queue_id": "team:12"}, "team:12"),
    ],
)
def test_a_session_key(appliance: Running, queue: dict[str, Any], queue_id: str) -> None:
    body = {**queue, "external_key": "K", "ttl": 60, "custom_attributes": {"summary": "s"}}
    answer = appliance.api("POST", f"{V2}/session-key", json=body)
    assert answer.status_code == 201
    made = answer.json()
    key = appliance.keys.all[0]
    assert (made["queue_id"], made["short_key"], made["external_key"]) == (queue_id, key.short_key, "K")
    assert made["key_url"] == f"{appliance.url}/?ak={key.access_key}"
    assert key.given.custom == {"summary": "s"}


@pytest.mark.parametrize(
    "body",
    [
        {"issue_code_name": "db_support", "rep_username": "ada"},
        {"issue_code_name": "nothing"},
        {"queue_id": "general", "custom_attributes": {"unheard_of": "x"}},
        {"queue_id": "general", "custom_attributes": ["x"]},
        {},
        [],
    ],
)
def test_what_is_refused(appliance: Running, body: Any) -> None:
    answer = appliance.api("POST", f"{V2}/session-key", json=body)
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_rights(appliance: Running) -> None:
    body = {"queue_id": "general"}
    assert appliance.api("POST", f"{V2}/session-key", account="read-only", json=body).status_code == 403
    assert appliance.api("GET", f"{V2}/team", account="read-only").status_code == 200
    assert appliance.api("GET", f"{V2}/team", account="no-commands").status_code == 403


@pytest.mark.parametrize("team", ["12", "database_support"])
def test_teams_and_their_issues(appliance: Running, team: str) -> None:
    teams = appliance.api("GET", f"{V2}/team").json()
    assert {"id": 12, "name": "Database Support", "code_name": "database_support"} in teams
    issues = appliance.api("GET", f"{V2}/team/{team}/issue").json()
    assert [issue["code_name"] for issue in issues] == ["db_support"]
    assert appliance.api("GET", f"{V2}/team/99/issue").status_code == 404


def test_older_releases_have_none() -> None:
    with running_appliance(dialect=Dialect(json_commands=False)) as appliance:
        assert appliance.api("GET", f"{V2}/team").status_code == 404
        assert appliance.api("POST", f"{V2}/session-key", json={"queue_id": "general"}).status_code == 404
