"""Events tell the same as the report, in spite of what comes twice, late or by a clock that jumps."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.outcomes.events import Event, sessions_of
from agent.outcomes.outcome import Outcome, outcome_of
from agent.outcomes.session import Place, Session, Stay
from agent.outcomes.teams import Teams
from tests.support.appliance import Clock, running_appliance
from tests.targets.beyondtrust.setting import use

from .setting import (
    EDSGER,
    FIELD,
    GRACE,
    TOKEN,
    catalogue,
    catalogue_file,
    host_of,
    outcomes_in,
    play,
    receiving,
    run,
    wait_for,
)

DAY = ("--since", "2026-11-25", "--until", "2026-11-26")
PLAYED = [
    ["+40", f"accept:{EDSGER}", "+600", "end"],
    ["+30", f"accept:{EDSGER}", "+60", "transfer:2", "+5", f"accept:{GRACE}", "+5", "end"],
    ["+300", "leave"],
    ["+20", f"transfer:{FIELD}", "+20", "accept:4", "+9", "transfer:12", "+8", "leave"],
    ["+20", "transfer:3", "+9", "transfer:2", "+40", f"accept:{GRACE}", "+3", f"accept:{EDSGER}"],
    ["+5", f"accept:{EDSGER}", "+5", f"accept:{GRACE}", "+5", "transfer:2"],
    [],
]


def test_report_and_events_agree(monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    teams = Teams(catalogue(tmp_path))
    with (
        receiving(events, teams) as url,
        running_appliance(clock=clock, events=f"{url}?token={TOKEN}") as appliance,
    ):
        use(appliance, monkeypatch)
        queues = catalogue_file(tmp_path, host_of(appliance))
        for number, acts in enumerate(PLAYED):
            play(appliance, clock, f"{number:032x}", *acts)
            clock.pass_(7)
        wait_for(lambda: appliance.events.waiting == 0)
        found: dict[str, dict[str, Any]] = {}
        for name, options in {
            "report": (),
            "events": ("--events", events),
            "both": ("--events", events, "--report"),
            "twice": ("--events", events, "--events", events),
        }.items():
            out = tmp_path / f"{name}-outcomes.jsonl"
            result = run("outcomes --queues", queues, *DAY, "--out", out, *options)
            assert result.exit_code == 0, result.output
            found[name] = outcomes_in(out)
    assert len(found["report"]) == len(PLAYED)
    assert found["events"] == found["both"] == found["twice"] == found["report"]
    assert sum(outcome["taken"] for outcome in found["report"].values()) == 5
    kept = events.read_text("utf-8")
    assert not any(name in kept for name in ("Kanarienvogel", "Edsger", "Grace", "Barbara", "Security"))


def test_a_session_that_only_events_know_joins_the_report(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path
) -> None:
    events = tmp_path / "events.jsonl"
    event = Event(event="support_conference_begin", at=int(clock.now), session="b" * 32, reference="9" * 32)
    events.write_text(event.model_dump_json() + "\nno event\n", "utf-8")
    with running_appliance(clock=clock) as appliance:
        use(appliance, monkeypatch)
        queues = catalogue_file(tmp_path, host_of(appliance))
        play(appliance, clock, "1" * 32, "+40", f"accept:{EDSGER}")
        result = run(
            "outcomes --queues", queues, *DAY, "--events", events, "--report", "--out", tmp_path / "o"
        )
    assert set(outcomes_in(tmp_path / "o")) == {"1" * 32, "9" * 32}
    assert "1 damaged lines in the files of events were left out" in result.stderr


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> Teams:
    return Teams(catalogue(tmp_path_factory.mktemp("catalogue")))


def of(events: list[Event], teams: Teams) -> Outcome:
    (session,) = sessions_of(events)
    return outcome_of(session, teams)


SESSION = "s" * 32
KINDS = [
    "begin",
    "member_added",
    "member_departed",
    "owner_changed",
    "end",
    "rep_exit_survey_completed",
    "new",
]
ANY = st.builds(
    Event,
    event=st.sampled_from([f"support_conference_{kind}" for kind in KINDS]),
    at=st.integers(1, 4_000_000_000),
    session=st.just(SESSION),
    reference=st.sampled_from(["", "1" * 32]),
    team=st.sampled_from([None, "Database Support", "Workplace", "Network"]),
    member=st.sampled_from([None, "customer", "representative"]),
)


@given(st.lists(ANY, min_size=1, max_size=15), st.data())
def test_what_comes_again_changes_nothing(teams: Teams, events: list[Event], data: st.DataObject) -> None:
    again = list(events)
    for _ in range(data.draw(st.integers(1, 4))):
        sent = data.draw(st.integers(0, len(again) - 1))
        again.insert(data.draw(st.integers(sent, len(again))) + 1, again[sent])
    assert of(again, teams) == of(events, teams)


@given(st.lists(ANY, min_size=1, max_size=15))
def test_whatever_the_order_and_the_clock_an_outcome_makes_sense(teams: Teams, events: list[Event]) -> None:
    outcome = of(events, teams)
    assert outcome.wait is None or (outcome.wait >= 0 and outcome.taken)
    assert not (outcome.taken and outcome.abandoned)
    assert outcome.abandoned == (not outcome.taken and outcome.ended is not None)
    for transfer in outcome.transfers:
        assert transfer.after >= 0
        assert transfer.from_team != transfer.to_team
    names = {"Database Support", "Workplace", "Network", None}
    assert {outcome.first_team, outcome.team, *(t.to_team for t in outcome.transfers)} <= names


@given(st.lists(ANY, max_size=15), st.lists(ANY, max_size=15), st.randoms(use_true_random=False))
def test_sessions_between_each_other_do_not_matter(
    teams: Teams, one: list[Event], other: list[Event], random: Any
) -> None:
    second = [event.model_copy(update={"session": "t" * 32}) for event in other]
    mixed: list[Event] = []
    left = [list(one), list(second)]
    while any(left):
        mixed.append(random.choice([part for part in left if part]).pop(0))
    apart = {session.id: session for session in (*sessions_of(one), *sessions_of(second))}
    assert {session.id: session for session in sessions_of(mixed)} == apart


def event(kind: str, at: int, team: str | None = None, member: Any = None) -> Event:
    return Event(event=f"support_conference_{kind}", at=at, session=SESSION, team=team, member=member)


def test_an_appliance_that_tells_no_kind_of_member(teams: Teams) -> None:
    events = [
        event("begin", 100),
        event("owner_changed", 100),  # "Pre-start Conference"
        event("member_added", 100),
        event("owner_changed", 101, "Database Support"),
        event("member_added", 130),
        event("owner_changed", 130),  # somebody's name
        event("end", 200),
    ]
    outcome = of(events, teams)
    assert (outcome.team, outcome.first_team, outcome.wait, outcome.transfers) == (
        "Database Support",
        "Database Support",
        30,
        (),
    )


def test_a_representative_who_joins_right_after_the_owner_changed(teams: Teams) -> None:
    events = [
        event("begin", 100),
        event("owner_changed", 100, "Database Support"),
        event("owner_changed", 130),
        event("member_added", 131, member="representative"),
    ]
    outcome = of(events, teams)
    assert (outcome.first_team, outcome.wait, outcome.transfers) == ("Database Support", 30, ())


def test_without_a_beginning_no_wait_is_made_up(teams: Teams) -> None:
    events = [
        event("owner_changed", 100, "Database Support"),
        event("member_added", 130, member="representative"),
        event("owner_changed", 130),
    ]
    outcome = of(events, teams)
    assert (outcome.taken, outcome.wait, outcome.started) == (True, None, None)


def test_the_report_is_right_where_both_know(teams: Teams) -> None:
    from agent.outcomes.session import joined

    report = Session(id=SESSION, started=100, stays=(Stay(100, Place(12, "Datenbank")),))
    told = Session(
        id=SESSION, reference="1" * 32, started=90, ended=300, stays=(Stay(90, Place(name="Network")),)
    )
    both = joined(report, told)
    assert (both.reference, both.started, both.ended) == ("1" * 32, 100, 300)
    assert outcome_of(both, teams).team == "Database Support"
