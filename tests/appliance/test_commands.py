"""The other XML commands, and how errors and names come over the wire."""

import pytest

from agent.appliance.dialect import Dialect
from tests.support.appliance import Clock, Running, running_appliance, xml


def begin(appliance: Running, code: str = "db_support") -> str:
    appliance.get("/api/start_session", params={"issue_menu": "1", "codeName": code, "c2cjs": "1"})
    return appliance.sessions.last.lsid


def test_logged_in_representatives(appliance: Running) -> None:
    begin(appliance)
    appliance.sessions.accept(appliance.sessions.last, appliance.site.representatives[2])
    reps = appliance.command("get_logged_in_reps", account="read-only").findall("rep")
    assert [rep.get("id") for rep in reps] == ["1", "2", "3", "5"]
    assert {child.tag for child in reps[0]} == {
        "display_name",
        "public_display_name",
        "private_display_name",
        "support_session_count",
        "showing_on_rep_list",
    }
    assert [rep.findtext("support_session_count") for rep in reps] == ["0", "0", "1", "0"]


@pytest.mark.parametrize("spelling", ["elements", "attributes"])
def test_teams_with_issues_and_members(spelling: str) -> None:
    with running_appliance(dialect=Dialect(spelling=spelling)) as appliance:  # type: ignore[arg-type]
        assert appliance.command("get_support_teams").find("support_team/members") is None
        teams = appliance.command("get_support_teams", showmembers="1").findall("support_team")
    database = next(team for team in teams if team.get("id") == "12")
    assert database.findtext("name") == "Database Support"
    assert [member.get("id") for member in database.findall("members/representative")] == ["3", "4"]
    issue = database.find("issues/issue")
    assert issue is not None
    assert issue.get("id") == "14"
    if spelling == "elements":
        assert (issue.findtext("title"), issue.findtext("code_name")) == ("Database Support", "db_support")
    else:
        assert (issue.text, issue.get("code_name")) == ("Database Support", "db_support")


def test_attributes_of_a_session_are_read_and_set(appliance: Running) -> None:
    lsid = begin(appliance)
    done = appliance.command(
        "set_session_attributes", lsid=lsid, session_custom_external_key="K", session_custom_summary="s"
    )
    assert done.find("success") is not None
    attributes = appliance.command("get_session_attributes", lsid=lsid).findall("custom_attribute")
    assert {a.get("code_name"): a.text for a in attributes} == {"external_key": "K", "summary": "s"}
    refused = appliance.command("set_session_attributes", account="read-only", lsid=lsid)
    assert refused.tag == "error"


def test_a_session_is_transferred_and_terminated(appliance: Running) -> None:
    lsid = begin(appliance)
    appliance.command("transfer_session", lsid=lsid, queue_id="team:3")
    assert appliance.sessions.last.place.name == "Network"
    appliance.command("terminate_session", lsid=lsid)
    assert appliance.sessions.last.ended is not None
    assert appliance.command("terminate_session", lsid=lsid).tag == "error"


def test_health_and_information(appliance: Running, clock: Clock) -> None:
    assert appliance.command("check_health").findtext("timestamp") == str(int(clock.now))
    info = appliance.command("get_api_info", account="no-reporting")
    assert info.findtext("permissions/perm_command") == "full_access"
    assert info.findtext("permissions/perm_reporting_support") == "0"


@pytest.mark.parametrize("data", [{}, {"action": "get_queues"}, {"action": "get_logged_in_reps_"}])
def test_unknown_actions(appliance: Running, data: dict[str, str]) -> None:
    assert xml(appliance.api("POST", "/api/command", data=data)).tag == "error"


@pytest.mark.parametrize(
    ("dialect", "status", "start"),
    [
        (Dialect(), 200, '<error xmlns="http://www.beyondtrust.com/sra/namespaces/API/command">'),
        (Dialect(namespace="bomgar"), 200, '<error xmlns="http://www.bomgar.com/namespaces/API/command">'),
        (Dialect(error_status=403, error_inside=True), 403, "<response xmlns="),
    ],
)
def test_errors_in_every_dialect(dialect: Dialect, status: int, start: str) -> None:
    with running_appliance(dialect=dialect) as appliance:
        answer = appliance.api("GET", "/api/command", params={"action": "x"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.splitlines()[1].startswith(start)
    assert len(list(xml(answer).iter("error"))) == 1


def test_the_answer_is_xml_whatever_a_value_holds(appliance: Running) -> None:
    odd = "<&>\"' \x00\x0b\ufffe\ud7ff 😀"
    root = appliance.command(
        "generate_session_key", type="support", queue_id="general", session_custom_external_key=odd
    )
    assert root.findtext("external_key") == "<&>\"' \ufffd\ufffd\ufffd\ud7ff 😀"
