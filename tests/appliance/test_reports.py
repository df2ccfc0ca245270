"""`generate_report=SupportSession`: what became of a session."""

import pytest

from tests.appliance.test_commands import begin
from tests.support.appliance import Clock, Running


def test_first_team_transfer_who_took_it_and_the_wait(appliance: Running, clock: Clock) -> None:
    appliance.get(
        "/api/start_session",
        params={
            "issue_menu": "1",
            "codeName": "db_support",
            "c2cjs": "1",
            "customer.name": "Ada",
            "session.custom.external_key": "K",
        },
    )
    session, (_, grace, edsger, *_) = appliance.sessions.last, appliance.site.representatives
    started = int(clock.now)
    clock.pass_(40)
    appliance.sessions.accept(session, edsger)
    clock.pass_(20)
    act = f"/stand-in/sessions/{session.lsid}"
    appliance.request("POST", f"{act}/transfer", data={"team": "2"})
    clock.pass_(10)
    appliance.request("POST", f"{act}/accept", data={"representative": str(grace.id)})
    clock.pass_(3600)
    appliance.request("POST", f"{act}/end")

    root = appliance.report(lsid=session.lsid)
    assert root.tag == "session_list"
    (report,) = root
    assert report.get("lsid") == session.lsid
    assert report.findtext("external_key") == "K"
    assert [
        t.get("timestamp")
        for t in map(report.find, ("start_time", "rep_join_time", "end_time"))
        if t is not None
    ] == [
        str(started),
        str(started + 40),
        str(started + 3670),
    ]
    assert report.findtext("duration") == "01:01:10"
    assert [(team.get("id"), team.text) for team in report.findall("team_list/team")] == [
        ("12", "Database Support"),
        ("2", "Workplace"),
    ]
    assert report.findtext("primary_rep") == "Grace H."
    assert report.findtext("customer_list/customer/username") == "Ada"
    owners = [
        value.get("value")
        for event in report.findall("session_details/event")
        if event.get("event_type") == "Conference Owner Changed"
        for value in event.findall("data/value")
    ]
    assert owners == ["Database Support", "Edsger D.", "Workplace", "Grace H."]
    assert report.find("session_details/event[@event_type='Session End']") is not None


def test_an_abandoned_session_was_taken_by_nobody(appliance: Running, clock: Clock) -> None:
    lsid = begin(appliance)
    clock.pass_(300)
    appliance.request("POST", f"/stand-in/sessions/{lsid}/leave")
    (report,) = appliance.report(lsids=f"{lsid},{'0' * 32}")
    assert report.find("primary_rep") is None
    joined = report.find("rep_join_time")
    assert joined is not None
    assert joined.get("timestamp") is None
    departed = report.find("session_details/event[@event_type='Conference Member Departed']/performed_by")
    assert departed is not None
    assert departed.get("type") == "customer"


def test_windows_in_seconds_and_in_days(appliance: Running, clock: Clock) -> None:
    first = int(clock.now)  # 2027-01-15, 08:00 UTC
    lsids = []
    for _ in range(3):
        lsids.append(begin(appliance))
        clock.pass_(86_400)

    def found(**window: str) -> list[int]:
        return [lsids.index(session.get("lsid", "")) for session in appliance.report(**window)]

    assert found(start_time=str(first)) == [0, 1, 2]
    assert found(start_time=str(first + 1), duration="86400") == [1]
    assert found(start_time=str(first), duration="86400") == [0]
    assert found(start_date="2027-01-16", duration="1") == [1]
    assert found(start_date="2027-01-16", duration="0") == [1, 2]
    assert found(start_date="2027-02-01") == []


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"lsid": "0" * 32, "start_time": "0"},
        {"start_time": "yesterday"},
        {"start_date": "2027-13-01"},
        {"start_time": "0", "duration": "long"},
        {"lsid": "0" * 32, "generate_report": "SupportTeam"},
    ],
)
def test_reports_that_cannot_be(appliance: Running, wanted: dict[str, str]) -> None:
    assert appliance.report(**wanted).tag == "error"


def test_it_is_a_right_of_its_own(appliance: Running) -> None:
    assert appliance.report(account="no-reporting", start_time="0").tag == "error"
    assert appliance.report(account="no-commands", start_time="0").tag == "session_list"
