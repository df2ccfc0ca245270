"""What is a misroute, and what is none: escalations, other teams, time, fallbacks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.outcomes.misroutes import misroute_in
from agent.outcomes.outcome import Outcome, outcome_of
from agent.outcomes.session import Place, Session, Stay
from agent.outcomes.teams import Teams

from .setting import catalogue

DB, WORK, NET, PAY, FIELD = (
    Place(12, "Datenbank"),
    Place(2),
    Place(None, "network"),
    Place(5),
    Place(4, "Security"),
)
REP = None


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> Teams:
    return Teams(catalogue(tmp_path_factory.mktemp("catalogue")))


def outcome(teams: Teams, *stays: tuple[int, Place | None]) -> Outcome:
    made = tuple(Stay(1_000 + at, place) for at, place in stays)
    return outcome_of(Session(id="s", reference="1" * 32, started=1_000, stays=made), teams)


CASES: list[tuple[str, list[tuple[int, Place | None]], tuple[str, int] | None]] = [
    ("taken and kept", [(0, DB), (40, REP)], None),
    ("taken over by a peer", [(0, DB), (40, REP), (100, WORK), (200, REP)], ("Workplace", 60)),
    ("by a peer, untaken", [(0, DB), (100, WORK)], ("Workplace", 100)),
    ("the time counts from when it was taken", [(0, DB), (5_000, REP), (5_599, WORK)], ("Workplace", 599)),
    ("exactly at the end of the time", [(0, DB), (40, REP), (640, WORK)], ("Workplace", 600)),
    ("too late", [(0, DB), (40, REP), (641, WORK)], None),
    ("too late, untaken", [(0, DB), (601, WORK)], None),
    ("a declared escalation", [(0, DB), (40, REP), (100, NET)], None),
    ("after the escalation it is no longer ours", [(0, DB), (40, REP), (100, NET), (150, WORK)], None),
    ("to a team that answers no queue", [(0, DB), (40, REP), (100, FIELD)], None),
    ("back to where it was", [(0, DB), (40, REP), (100, WORK), (150, DB)], None),
    (
        "twice, to the last",
        [(0, DB), (40, REP), (100, WORK), (150, REP), (160, PAY)],
        ("Business Applications", 120),
    ),
    ("the second one too late", [(0, DB), (40, REP), (100, WORK), (900, PAY)], ("Workplace", 60)),
    ("a colleague of the same team", [(0, DB), (40, REP), (50, DB), (60, REP)], None),
    (
        "a queue before the first team is none",
        [(0, Place(None, "Pre-start Conference")), (1, DB), (9, REP)],
        None,
    ),
    ("the other way round it is not declared", [(0, NET), (40, REP), (100, DB)], ("Database Support", 60)),
    ("a peer that escalates", [(0, WORK), (40, REP), (60, DB), (80, NET)], ("Database Support", 20)),
    ("the appliance's clock was set back", [(0, DB), (40, REP), (-500, WORK)], ("Workplace", 0)),
]


@pytest.mark.parametrize(("stays", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_misroutes(
    teams: Teams, stays: list[tuple[int, Place | None]], expected: tuple[str, int] | None
) -> None:
    found = misroute_in(outcome(teams, *stays), teams)
    assert (found and (found.to_team, found.after)) == expected


def test_the_time_can_be_set(teams: Teams) -> None:
    late = outcome(teams, (0, DB), (40, REP), (1_000, WORK))
    assert misroute_in(late, teams, minutes=15) is None
    assert misroute_in(late, teams, minutes=16) is not None
    assert misroute_in(outcome(teams, (0, DB), (40, REP), (41, WORK)), teams, minutes=0) is None


def test_a_team_that_nobody_knows_is_never_a_misroute(teams: Teams) -> None:
    assert misroute_in(outcome(teams, (0, FIELD), (9, REP), (10, DB)), teams) is None


MANY = """\
version: 1
target: {kind: session_key, host: support.example.com}
default_queue: a
queues:
  - {id: a, name: Alpha, escalates_to: [d], beyondtrust: {issue: a, team: 1, team_name: First line}}
  - {id: b, name: Beta, beyondtrust: {issue: b, team_name: first LINE}}
  - {id: c, name: Gamma, beyondtrust: {team: 2}}
  - {id: d, name: Delta, beyondtrust: {team: 2}}
  - {id: e, name: Epsilon, beyondtrust: {issue: e}}
"""


def test_teams_by_number_and_by_name(tmp_path: Path) -> None:
    from agent.catalogue.load import load

    (tmp_path / "queues.yaml").write_text(MANY, "utf-8")
    teams = Teams(load(tmp_path / "queues.yaml"))

    def queues(place: Place) -> tuple[str, ...] | None:
        team = teams.of(place)
        return team.queues if team else None

    assert queues(Place(1, "renamed")) == queues(Place(None, "FIRST LINE")) == ("a", "b")
    assert queues(Place(2)) == queues(Place(name="gamma")) == queues(Place(name="Delta")) == ("c", "d")
    assert queues(Place(77, "Epsilon")) == queues(Place(name="epsilon")) == ("e",)
    assert queues(Place(3, "Gamma")) is None  # of that name, but not that number
    assert queues(Place()) is None
    assert queues(Place(name="Alpha")) is None  # its team is called otherwise
    assert [teams.of_queue(id_).name for id_ in "abcde"] == [
        "First line",
        "First line",
        "Gamma",
        "Gamma",
        "Epsilon",
    ]


def test_of_several_queues_of_a_team_any_may_be_right(tmp_path: Path) -> None:
    from agent.catalogue.load import load

    (tmp_path / "queues.yaml").write_text(MANY, "utf-8")
    teams = Teams(load(tmp_path / "queues.yaml"))
    unclear = outcome(teams, (0, Place(1)), (5, REP), (50, Place(name="Epsilon")))
    assert (unclear.queue, unclear.team) == (None, "First line")
    assert misroute_in(unclear, teams) is not None
    # An escalation of one of the team's queues counts for it, where it is not known which one it was.
    escalated = outcome(teams, (0, Place(1)), (5, REP), (50, Place(2)))
    assert misroute_in(escalated, teams) is None
    other = outcome(teams, (0, Place(name="Epsilon")), (5, REP), (50, Place(2)))
    found = misroute_in(other, teams)
    assert found is not None
    assert found.queues == ("c", "d")


PLACES = st.sampled_from([DB, WORK, NET, PAY, FIELD, Place(), REP])


@given(st.lists(st.tuples(st.integers(-100, 2_000), PLACES), max_size=12), st.floats(0, 30))
def test_a_misroute_is_always_to_another_team_and_within_the_time(
    teams: Teams, stays: list[tuple[int, Place | None]], minutes: float
) -> None:
    made = outcome(teams, *stays)
    found = misroute_in(made, teams, minutes=minutes)
    if found is None:
        return
    assert found.to_team in {transfer.to_team for transfer in made.transfers}
    assert found.to_team != made.team
    assert 0 <= found.after <= minutes * 60
    assert not (made.queue == "db" and made.transfers[0].to_team == "Network")
