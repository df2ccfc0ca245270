"""`/api/config/v1`: bare arrays, pages, and refusals."""

import re

import pytest

from agent.appliance.site import example_site_path, load_site
from tests.support.appliance import Running, running_appliance

V1 = "/api/config/v1"


def test_a_team_has_the_documented_fields(appliance: Running) -> None:
    teams = appliance.api("GET", f"{V1}/team").json()
    assert teams[-1] == {
        "id": 12,
        "name": "Database Support",
        "code_name": "database_support",
        "comments": "",
        "persistent_queue": False,
        "public_portal_ids": [1, 2],
    }


def test_a_team_may_be_on_some_portals_only() -> None:
    site = load_site(example_site_path())
    first = site.teams[0].model_copy(update={"portals": (2,)})
    with running_appliance(site.model_copy(update={"teams": (first, *site.teams[1:])})) as appliance:
        teams = appliance.api("GET", f"{V1}/team").json()
    assert [team["public_portal_ids"] for team in teams] == [[2], *[[1, 2]] * 5]


def test_all_pages_together_are_everything(appliance: Running) -> None:
    headers = {"authorization": f"Bearer {appliance.token()}"}
    path, found, sizes = f"{appliance.url}{V1}/team?per_page=5", [], []
    while path:
        answer = appliance.request("GET", path, headers=headers)
        assert answer.status_code == 200
        found += answer.json()
        sizes.append(len(answer.json()))
        assert answer.headers["x-bt-pagination-current-page"] == str(len(sizes))
        assert [answer.headers[f"x-bt-pagination-{name}"] for name in ("last-page", "per-page", "total")] == [
            "2",
            "5",
            "6",
        ]
        following = re.search(r'<([^>]+)>; rel="next"', answer.headers["link"])
        path = following.group(1) if following else ""
    assert sizes == [5, 1]
    assert [team["id"] for team in found] == [team.id for team in appliance.site.teams]


def test_beyond_the_last_page_there_is_nothing(appliance: Running) -> None:
    assert appliance.api("GET", f"{V1}/team?current_page=9").json() == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("per_page=4", {"per_page"}),
        ("per_page=101", {"per_page"}),
        ("per_page=ten&current_page=0", {"per_page", "current_page"}),
    ],
)
def test_pages_that_cannot_be(appliance: Running, query: str, wrong: set[str]) -> None:
    answer = appliance.api("GET", f"{V1}/user?{query}")
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert set(answer.json()["errors"]) == wrong


def test_an_unknown_parameter_is_answered_as_a_bad_token_is(appliance: Running) -> None:
    answer = appliance.api("GET", f"{V1}/team?name=Network")
    assert (answer.status_code, answer.json()["error"]) == (401, "access_denied")


def test_members_of_a_team_and_the_other_resources(appliance: Running) -> None:
    users = appliance.api("GET", f"{V1}/team/12/user").json()
    assert [(user["id"], user["username"]) for user in users] == [(3, "edsger"), (4, "barbara")]
    assert appliance.api("GET", f"{V1}/team/99/user").status_code == 404
    assert len(appliance.api("GET", f"{V1}/user").json()) == 5
    assert [portal["hostnames"] for portal in appliance.api("GET", f"{V1}/public-portal").json()] == [
        ["localhost"],
        ["127.0.0.1"],
    ]
    assert appliance.api("GET", f"{V1}/rep-status").json()


def test_it_is_a_right_of_its_own(appliance: Running) -> None:
    assert appliance.api("GET", f"{V1}/team", account="no-configuration").status_code == 403
    assert appliance.api("GET", f"{V1}/team", account="no-commands").status_code == 200
