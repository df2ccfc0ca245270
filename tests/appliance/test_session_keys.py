"""`generate_session_key`, in XML."""

import re

import pytest

from agent.appliance.dialect import Dialect
from tests.support.appliance import Clock, Running, running_appliance, xml

WANTED = {"action": "generate_session_key", "type": "support", "queue_id": "issue:db_support"}


def test_a_key_has_all_the_recorded_elements(appliance: Running, clock: Clock) -> None:
    root = appliance.command(
        "generate_session_key",
        type="support",
        queue_id="issue:db_support",
        session_custom_external_key="K-1",
        session_custom_summary="SQL & co",
        session_priority="1",
        session_skills="sql, windows",
    )
    assert root.tag == "session_key"
    texts = {child.tag: child.text for child in root}
    assert texts["type"] == "support"
    assert texts["expires"] == str(int(clock.now) + 86_400)
    assert texts["queue"] == "Database Support"
    assert texts["queue_id"] == "issue:db_support"
    assert texts["external_key"] == "K-1"
    assert re.fullmatch(r"\d{7}", texts["short_key"] or "")
    assert re.fullmatch(re.escape(appliance.url) + r"/\?ak=[0-9a-f]{32}", texts["key_url"] or "")
    assert {"mail_subject", "mail_body"} <= texts.keys()
    given = appliance.keys.all[0].given
    assert (given.custom, given.priority, given.skills) == ({"summary": "SQL & co"}, 1, ("sql", "windows"))


@pytest.mark.parametrize(
    ("queue_id", "name"),
    [
        ("general", "General queue"),
        ("team:12", "Database Support"),
        ("rep:2", "Grace H."),
        ("rep_username:grace", "Grace H."),
        ("issue:network_vpn", "Network"),
    ],
)
def test_every_form_of_a_queue(appliance: Running, queue_id: str, name: str) -> None:
    root = appliance.command("generate_session_key", type="support", queue_id=queue_id)
    assert (root.findtext("queue"), root.findtext("queue_id")) == (name, queue_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"queue_id": "team:99"},
        {"queue_id": "team:database_support"},
        {"queue_id": "issue:14"},
        {"queue_id": "issue:nothing"},
        {"queue_id": "rep_username:2"},
        {"queue_id": "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"},
        {"queue_id": ""},
        {"type": "access"},
        {"session.custom.unheard_of": "x"},
        {"session.custom.summary": "x" * 1025},
        {"session.priority": "4"},
        {"session.skills": "sql,juggling"},
        {"ttl": "0"},
        {"ttl": "soon"},
        {"url_hostname": "support.example.com"},
    ],
)
def test_what_gets_an_error_in_an_answer_with_200(appliance: Running, wrong: dict[str, str]) -> None:
    answer = appliance.api("POST", "/api/command", data=WANTED | wrong)
    assert answer.status_code == 200
    assert xml(answer).tag == "error"
    assert appliance.keys.all == []


def test_available_says_whether_somebody_of_the_queue_is_logged_in(appliance: Running) -> None:
    def available(queue_id: str) -> str | None:
        queue = appliance.command("generate_session_key", type="support", queue_id=queue_id).find("queue")
        assert queue is not None
        return queue.get("available")

    assert (available("issue:db_support"), available("team:4"), available("rep:4")) == ("1", "0", "0")
    appliance.sessions.logged_in.clear()
    assert (available("issue:db_support"), available("general")) == ("0", "0")


def test_a_get_does_it_too_and_multipart_does_not(appliance: Running) -> None:
    assert xml(appliance.api("GET", "/api/command", params=WANTED)).tag == "session_key"
    multipart = appliance.api(
        "POST", "/api/command", files={name: (None, text) for name, text in WANTED.items()}
    )
    assert xml(multipart).tag == "error"
    assert len(appliance.keys.all) == 1


@pytest.mark.parametrize("account", ["read-only", "no-commands"])
def test_it_needs_full_access(appliance: Running, account: str) -> None:
    root = appliance.command("generate_session_key", account=account, type="support", queue_id="general")
    assert root.tag == "error"
    assert "Permission denied" in (root.text or "")


@pytest.mark.parametrize("taken", [False, True])
def test_whether_customer_fields_are_taken_is_not_known(taken: bool) -> None:
    with running_appliance(dialect=Dialect(customer_on_keys=taken)) as appliance:
        appliance.command("generate_session_key", type="support", queue_id="general", customer_name="Ada")
        assert appliance.keys.all[0].given.customer == ({"name": "Ada"} if taken else {})


def test_a_public_site_by_its_host_name(appliance: Running) -> None:
    root = appliance.command(
        "generate_session_key", type="support", queue_id="general", url_hostname="127.0.0.1"
    )
    assert (root.findtext("key_url") or "").startswith(appliance.url)
    assert appliance.keys.all[0].given.portal == "Support by number"
