"""20 requests a second and 15,000 an hour, for an account over all endpoints."""

import pytest

from agent.appliance.dialect import Dialect
from tests.support.appliance import Clock, Running, running_appliance, xml

TEAMS = "/api/config/v1/team"


def test_the_21st_request_of_a_second_is_refused(appliance: Running, clock: Clock) -> None:
    headers = {"authorization": f"Bearer {appliance.token()}"}
    left = []
    for number in range(20):
        path = ("/api/command?action=get_api_info", TEAMS)[number % 2]
        answer = appliance.request("GET", path, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["x-ratelimit-limit"] == "20"
        left.append(int(answer.headers["x-ratelimit-remaining"]))
    assert left == list(range(19, -1, -1))
    refused = appliance.request("GET", TEAMS, headers=headers)
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (429, "0")
    assert appliance.api("GET", TEAMS, account="read-only").status_code == 200
    clock.pass_(1)
    assert appliance.request("GET", TEAMS, headers=headers).status_code == 200


def test_an_hour_has_a_limit_too(appliance: Running, clock: Clock) -> None:
    assert appliance.limits.an_hour == 15_000
    appliance.limits.an_hour = 3
    headers = {"authorization": f"Bearer {appliance.token()}"}
    seen = []
    for _ in range(4):
        answer = appliance.request("GET", TEAMS, headers=headers)
        seen.append((answer.status_code, answer.headers["x-ratelimit-limit"]))
        clock.pass_(600)
    assert seen == [(200, "3"), (200, "3"), (200, "3"), (429, "3")]
    clock.pass_(1200)
    assert appliance.api("GET", TEAMS).status_code == 200


@pytest.mark.parametrize("status", [200, 503])
def test_the_status_of_a_refusal_can_be_chosen(status: int) -> None:
    with running_appliance(dialect=Dialect(rate_limit_status=status)) as appliance:
        appliance.limits.a_second = 0
        answer = appliance.api("GET", "/api/command", params={"action": "get_api_info"})
        assert answer.status_code == status
        assert xml(answer).tag == "error"
