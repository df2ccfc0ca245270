"""Start links and session keys in a browser: what begins a session, and what is said where it does not."""

import re

import pytest

from agent.appliance.site import Portal
from tests.support.appliance import Clock, Running, running_appliance

ISSUE = {"issue_menu": "1", "codeName": "db_support", "c2cjs": "1"}


def start(appliance: Running, **parameters: str) -> tuple[int, str]:
    answer = appliance.get("/api/start_session", params=parameters)
    return answer.status_code, re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text)


@pytest.mark.parametrize(
    ("link", "place"),
    [
        (ISSUE, "Database Support"),
        ({"issue_menu": "1", "id": "14", "c2cjs": "1"}, "Database Support"),
        ({"id": "2", "name": "Grace H.", "c2cjs": "1"}, "Grace H."),
    ],
)
def test_the_forms_that_start_a_session(appliance: Running, link: dict[str, str], place: str) -> None:
    status, text = start(appliance, **link)
    assert status == 200
    assert f"Session 1: {place}" in text
    assert "nobody is here" in text
    assert "A real appliance" not in text
    assert appliance.sessions.last.given.warnings == ()


@pytest.mark.parametrize(
    "link",
    [
        {"queue_id": "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"},
        {"team": "12"},
        {"issue_menu": "1"},
        {"issue_menu": "1", "codeName": "db_support", "id": "14"},
        {"issue_menu": "1", "codeName": "db_support", "id": "14", "name": "x"},
        {"codeName": "db_support"},
        {"id": "2"},
        {"short_key": "1234567", "issue_menu": "1", "codeName": "db_support"},
    ],
)
def test_anything_else_starts_nothing(appliance: Running, link: dict[str, str]) -> None:
    status, text = start(appliance, c2cjs="1", **link)
    assert status == 400
    assert "link" in text
    assert len(appliance.sessions) == 0


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ({"codeName": "nothing"}, "no issue nothing"),
        ({"customer.name": "x" * 101}, "customer.name has 101 characters"),
        ({"customer.company": "x" * 101}, "customer.company has 101 characters"),
        ({"customer.details": "ü" * 513}, "customer.details has 1,026 bytes"),
        ({"customer.details": "a\x07b"}, "customer.details has control characters"),
        ({"session.custom.unheard_of": "x"}, "custom field unheard_of is not configured"),
        ({"session.custom.external_key": "x" * 1025}, "external_key has more than 1,024 characters"),
        ({f"session.custom.f{n}": "x" for n in range(31)}, "more than 30 custom fields"),
        ({f"session.custom.f{n}": "x" * 1024 for n in range(11)}, "10 KB"),
        ({"session.skills": "sql,juggling"}, "no skill juggling"),
        ({"c2cjs": "0"}, "c2cjs=1 is missing"),
        ({"customer_name": "Ada"}, "customer_name is no documented parameter"),
        ({"codeName": "security_incidents"}, "in a persistent queue the customer waits"),
    ],
)
def test_what_a_real_appliance_may_refuse_is_warned_of(
    appliance: Running, more: dict[str, str], warning: str
) -> None:
    status, text = start(appliance, **(ISSUE | more))
    assert status == 200
    assert warning.lower() in text.lower()
    assert len(appliance.sessions.last.given.warnings) >= 1


@pytest.mark.parametrize(
    "exact",
    [
        {"customer.name": "x" * 100},
        {"customer.details": "ü" * 512},
        {"session.custom.summary": "x" * 1024, "session.skills": "sql, windows", "locale": "de"},
    ],
)
def test_what_fits_is_not_warned_of(appliance: Running, exact: dict[str, str]) -> None:
    start(appliance, **ISSUE, **exact)
    assert appliance.sessions.last.given.warnings == ()


def test_nobody_is_logged_in(appliance: Running) -> None:
    appliance.sessions.logged_in.clear()
    _, text = start(appliance, **ISSUE)
    assert "Nobody who could take it is logged in: a real appliance may show a message" in text


def made(appliance: Running, **wanted: str) -> tuple[str, str]:
    root = appliance.command("generate_session_key", type="support", queue_id="team:12", **wanted)
    return root.findtext("short_key") or "", root.findtext("key_url") or ""


def test_a_key_works_once_by_its_digits_or_its_address(appliance: Running) -> None:
    short, address = made(appliance, session_custom_external_key="K", session_custom_summary="s")
    status, text = start(appliance, short_key=short, c2cjs="1", **{"customer.name": "Ada"})
    assert status == 200
    assert appliance.sessions.last.external_key == "K"
    assert appliance.sessions.last.given.customer == {"name": "Ada"}
    assert "Database Support" in text
    again = appliance.get(address)
    assert again.status_code == 410
    assert "This session key was used already." in again.text
    assert appliance.sessions.last.lsid in again.text
    assert len(appliance.sessions) == 1


def test_the_fields_of_a_key_cannot_be_edited(appliance: Running) -> None:
    short, _ = made(appliance, session_custom_external_key="K")
    _, text = start(appliance, short_key=short, c2cjs="1", **{"session.custom.external_key": "forged"})
    assert appliance.sessions.last.external_key == "K"
    assert "cannot be edited" in text


def test_a_key_expires(appliance: Running, clock: Clock) -> None:
    _, address = made(appliance, ttl="60")
    clock.pass_(60)
    answer = appliance.get(address)
    assert answer.status_code == 410
    assert "This session key has expired." in answer.text
    assert len(appliance.sessions) == 0


@pytest.mark.parametrize(
    "path", ["/?ak=" + "0" * 32, "/?ak=<b>", "/?ak=", "/api/start_session?short_key=0000000"]
)
def test_unknown_keys(appliance: Running, path: str) -> None:
    assert appliance.get(path).status_code == 404
    assert len(appliance.sessions) == 0


def test_a_closed_portal_takes_keys_only(clock: Clock) -> None:
    from agent.appliance.app import Appliance

    site = Appliance().site.model_copy(
        update={"portals": (Portal(id=1, hostname="localhost", name="Support", open=False),)}
    )
    with running_appliance(site, clock=clock) as appliance:
        _, text = start(appliance, **ISSUE)
        assert "The portal is closed" in text
        _, address = made(appliance)
        assert "The portal is closed" not in appliance.get(address).text


def test_a_look_at_a_link_begins_nothing(appliance: Running) -> None:
    _, address = made(appliance)
    assert appliance.request("HEAD", address).status_code == 200
    assert appliance.request("HEAD", "/api/start_session", params=ISSUE).status_code == 200
    assert len(appliance.sessions) == 0


def test_other_host_names_are_not_answered(appliance: Running) -> None:
    assert appliance.request("GET", "/", headers={"host": "evil.example.com"}).status_code == 400
