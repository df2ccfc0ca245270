"""Tokens: client credentials, an hour, 30 of them at once."""

import pytest

from tests.support.appliance import Clock, Running

FORM = {"grant_type": "client_credentials"}
INFO = {"action": "get_api_info"}


def works(appliance: Running, token: str) -> bool:
    answer = appliance.request(
        "GET", "/api/command", params=INFO, headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def test_a_token_for_an_hour(appliance: Running, clock: Clock) -> None:
    answer = appliance.request(
        "POST", "/oauth2/token", auth=(appliance.client_id, appliance.client_secret), data=FORM
    )
    assert answer.status_code == 200
    body = answer.json()
    assert {name: body[name] for name in body if name != "access_token"} == {
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    clock.pass_(3599)
    assert works(appliance, body["access_token"])
    clock.pass_(1)
    assert not works(appliance, body["access_token"])


def test_the_31st_token_makes_the_oldest_invalid(appliance: Running, clock: Clock) -> None:
    tokens = [appliance.token() for _ in range(31)]
    clock.pass_(2)
    assert [works(appliance, token) for token in tokens[:3]] == [False, True, True]
    assert works(appliance, tokens[-1])
    assert works(appliance, appliance.token("read-only")), "the limit is each account's own"
    assert works(appliance, tokens[1])


@pytest.mark.parametrize(
    ("auth", "form", "status", "error"),
    [
        (("full", "wrong"), FORM, 401, "invalid_client"),
        (("nobody", "x"), FORM, 401, "invalid_client"),
        (None, FORM, 401, "invalid_client"),
        ("good", {"grant_type": "password"}, 400, "unsupported_grant_type"),
        ("good", {}, 400, "invalid_request"),
    ],
)
def test_what_gets_no_token(
    appliance: Running, auth: tuple[str, str] | str | None, form: dict[str, str], status: int, error: str
) -> None:
    pair = (appliance.client_id, appliance.client_secret) if auth == "good" else auth
    options = {} if pair is None else {"auth": pair}
    answer = appliance.request("POST", "/oauth2/token", data=form, **options)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"error", "message"}


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"}])
@pytest.mark.parametrize(
    "path", ["/api/command", "/api/command/v2/team", "/api/config/v1/team", "/api/reporting"]
)
def test_without_a_valid_token_there_is_json(appliance: Running, path: str, headers: dict[str, str]) -> None:
    answer = appliance.request("GET", path, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "access_denied")


def test_tokens_can_be_revoked(appliance: Running) -> None:
    token = appliance.token()
    appliance.accounts.revoke_all()
    assert not works(appliance, token)


def test_secrets_are_new_at_every_start_and_in_no_repr(appliance: Running) -> None:
    from agent.appliance.app import Appliance

    other = next(iter(Appliance().accounts))
    assert other.client_secret != appliance.client_secret
    assert appliance.client_secret not in repr(appliance.accounts["full"])
