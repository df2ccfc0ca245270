"""`handoff outcomes` reads the session report: who took it first, transfers, the wait, who gave up."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from agent.stores.sqlite import SQLiteStore
from agent.targets.beyondtrust.transport import Transport
from tests.support.appliance import Clock, Running, running_appliance
from tests.targets.beyondtrust.setting import use

from . import setting
from .setting import EDSGER, FIELD, GRACE, catalogue_file, host_of, play, run

ONE, TWO, THREE, FOUR = (digit * 32 for digit in "1234")
DAY = ("--since", "2026-11-25", "--until", "2026-11-26")
CANARIES = ("Kanarienvogel", "Kunde", "passwort", "Edsger", "Grace", "Konrad", "Ada B")


def told(queues: Path, *arguments: object, exit_code: int = 0) -> str:
    result = run("outcomes --queues", queues, *DAY, *arguments)
    assert result.exit_code == exit_code, result.output
    assert not any(canary in result.output for canary in CANARIES)
    return result.output


def test_team_wait_transfers_and_who_gave_up_by_external_key(
    appliance: Running, clock: Clock, queues: Path, tmp_path: Path
) -> None:
    play(appliance, clock, ONE, "+40", f"accept:{EDSGER}", "+600", "end")
    play(
        appliance, clock, TWO, "+30", f"accept:{EDSGER}", "+60", "transfer:2", "+5", f"accept:{GRACE}", "end"
    )
    play(appliance, clock, THREE, "+300", "leave", issue="laptops_hardware")
    play(appliance, clock, FOUR, "+20", f"transfer:{FIELD}", "+20")
    play(appliance, clock, "INC0012345", f"accept:{EDSGER}", "end")  # of another system
    out = tmp_path / "out.jsonl"
    shown = told(queues, "--out", out)
    found = setting.outcomes_in(out)
    assert set(found) == {ONE, TWO, THREE, FOUR}
    assert [session.lsid for session in appliance.sessions.all[:4]] == [
        found[reference]["session"] for reference in (ONE, TWO, THREE, FOUR)
    ]

    def of(reference: str, *keys: str) -> list[Any]:
        return [found[reference][key] for key in keys]

    keys = ("queue", "team", "taken", "first_team", "wait", "abandoned")
    assert of(ONE, *keys) == ["db", "Database Support", True, "Database Support", 40, False]
    assert of(ONE, "started", "ended", "transfers") == ["2026-11-25T09:46:40Z", "2026-11-25T09:57:20Z", []]
    assert of(TWO, *keys) == ["db", "Database Support", True, "Database Support", 30, False]
    moved = {"from_team": "Database Support", "to_team": "Workplace", "after": 90}
    assert of(TWO, "transfers") == [[moved]]
    assert of(THREE, *keys) == ["workplace", "Workplace", False, None, None, True]
    assert of(FOUR, *keys, "ended") == ["db", "Database Support", False, None, None, False, None]
    assert of(FOUR, "transfers") == [[{"from_team": "Database Support", "to_team": None, "after": 20}]]

    # Taken first by its team, transferred, abandoned, the wait, misroutes.
    database = r"Database Support +3 +100 % \(34 – 100, n = 2\) +67 % \(21 – 94, n = 3\) +0 % \(0 – 66, n = 2\) +0:30 / 0:40 +1\n"
    assert re.search(database, shown)
    assert re.search(
        r"Laptop Support +1 +0 % \(0 – 79, n = 1\) +0 % \(.*\) +100 % \(21 – 100, n = 1\) +– *\n", shown
    )
    assert f"{TWO}: handed to Database Support, taken over by Workplace after 1:00" in shown
    assert 'team 4 "Security" had 1 of these chats and answers no queue of the catalogue' in shown
    assert out.stat().st_mode & 0o777 == 0o600
    assert not any(canary in out.read_text("utf-8") for canary in CANARIES)


def test_a_link_that_is_opened_again_is_one_handoff(
    appliance: Running, clock: Clock, queues: Path, tmp_path: Path
) -> None:
    play(appliance, clock, ONE, "+9", "leave")
    taken = play(appliance, clock, ONE, "+9", f"accept:{EDSGER}", "+5", "end", "+5")
    play(appliance, clock, ONE, "+1", "leave")
    play(appliance, clock, TWO, "+9", "leave", "+9")
    last = play(appliance, clock, TWO)
    out = tmp_path / "out.jsonl"
    told(queues, "--out", out)
    found = setting.outcomes_in(out)
    assert len(out.read_text("utf-8").splitlines()) == 2
    assert (found[ONE]["session"], found[ONE]["taken"]) == (taken.lsid, True)
    assert (found[TWO]["session"], found[TWO]["abandoned"]) == (last.lsid, False)


def test_as_json(appliance: Running, clock: Clock, queues: Path) -> None:
    play(appliance, clock, ONE, "+40", f"accept:{EDSGER}", "+60", "transfer:2")
    summary = json.loads(told(queues, "--json"))
    assert (summary["handoffs"], summary["incomplete"]) == (1, None)
    (row,) = summary["queues"]
    assert (row["queue"], row["name"], row["misroutes"]) == ("db", "Database Support", 1)
    assert (row["taken_first"]["value"], row["taken_first"]["n"]) == (1.0, 1)
    assert row["wait"]["median"]["value"] == 40
    (misroute,) = summary["misroutes"]
    assert (misroute["to_team"], misroute["queues"], misroute["after"]) == ("Workplace", ["workplace"], 60)


def test_the_reference_in_a_field_of_its_own_and_the_queue_in_another(
    appliance: Running, clock: Clock, tmp_path: Path
) -> None:
    target = setting.KEY + "  correlation: custom:department\n  fields: {{summary: queue}}\n"
    queues = catalogue_file(tmp_path, host_of(appliance), target)
    setting.begin(
        appliance, "INC0012345", issue="laptops_hardware", department=ONE, summary="Database Support"
    )
    appliance.sessions.accept(appliance.sessions.last, appliance.site.representatives[1])
    out = tmp_path / "out.jsonl"
    told(queues, "--out", out)
    found = setting.outcomes_in(out)[ONE]
    assert (found["queue"], found["team"], found["first_team"]) == ("db", "Database Support", "Workplace")
    assert "INC0012345" not in out.read_text("utf-8")


def test_windows_are_a_day_at_most_and_in_the_lane_of_low_priority(
    appliance: Running, clock: Clock, queues: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reference in (ONE, TWO, THREE):
        play(appliance, clock, reference, "+1", f"accept:{EDSGER}", "end", "+86400")
    asked: list[tuple[bool, int, int]] = []
    send = Transport.send

    async def noted(self: Transport, method: str, path: str, **options: Any) -> Any:
        if path == "/api/reporting":
            form = options["form"]
            asked.append((options["low"], int(form["start_time"]), int(form["duration"])))
        return await send(self, method, path, **options)

    monkeypatch.setattr(Transport, "send", noted)
    result = run(
        "outcomes --json --queues", queues, "--since", "2026-11-25T12:00Z", "--until", "2026-11-27T18:00Z"
    )
    assert json.loads(result.stdout)["handoffs"] == 2
    start = 1_795_608_000
    assert asked == [(True, start, 86_400), (True, start + 86_400, 86_400), (True, start + 172_800, 21_600)]


def test_a_piece_that_is_too_large_is_asked_for_in_smaller_ones(
    appliance: Running, clock: Clock, queues: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reference in (ONE, TWO, THREE, FOUR):
        play(appliance, clock, reference, "+1", f"accept:{EDSGER}", "end", "+3600")
    monkeypatch.setattr("agent.targets.beyondtrust.transport.MAX_BYTES", 4_000)
    assert json.loads(told(queues, "--json"))["handoffs"] == 4
    monkeypatch.setattr("agent.targets.beyondtrust.transport.MAX_BYTES", 400)
    monkeypatch.setattr("agent.outcomes.windows.LEAST", 40_000)
    assert "more than 0 MiB" in told(queues, exit_code=3)


def test_what_was_read_is_shown_when_the_appliance_fails(
    appliance: Running, clock: Clock, queues: Path
) -> None:
    play(appliance, clock, ONE, "+40", f"accept:{EDSGER}", "end", "+86400")
    play(appliance, clock, TWO, "+40", f"accept:{EDSGER}", "end")
    answer, asked = appliance.appliance.faults.take, 0

    def failing(endpoint: Any) -> Any:
        nonlocal asked
        asked += endpoint == "reporting"
        if endpoint == "reporting" and asked == 2:
            appliance.faults.add("error", 500, on="reporting")
        return answer(endpoint)

    appliance.faults.take = failing  # type: ignore[method-assign]
    result = run("outcomes --queues", queues, "--since", "2026-11-25", "--until", "2026-11-28")
    assert result.exit_code == 3
    assert "Database Support         1" in result.stdout
    assert "the report was read up to 2026-11-26 00:00:00 UTC only: " in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("client_id", ["no-reporting", "nobody"])
def test_an_account_without_the_right_is_told(
    appliance: Running, queues: Path, monkeypatch: pytest.MonkeyPatch, client_id: str
) -> None:
    if client_id == "nobody":
        monkeypatch.setenv("HANDOFF_BEYONDTRUST_CLIENT_SECRET", "falsch-geheim")
    else:
        use(appliance, monkeypatch, client_id)
    output = told(queues, exit_code=3)
    assert "the report was read up to 2026-11-25 00:00:00 UTC only" in output
    assert "API Configuration" in output
    assert "falsch-geheim" not in output


def test_token_and_budget_are_those_of_the_agents_store(
    appliance: Running, clock: Clock, queues: Path, tmp_path: Path
) -> None:
    store = tmp_path / "chats.db"
    SQLiteStore(store)._work(lambda connection: connection.execute("SELECT 1"))
    play(appliance, clock, ONE, f"accept:{EDSGER}")
    for _ in range(3):
        assert '"handoffs":1' in told(queues, "--json", "--store", store)
    assert len(appliance.accounts._tokens["full"]) == 1


@pytest.mark.parametrize("older", [False, True])
def test_other_releases(older: bool, monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path) -> None:
    from agent.appliance.dialect import Dialect

    dialect = Dialect(namespace="bomgar" if older else "beyondtrust", spelling="attributes")
    with running_appliance(clock=clock, dialect=dialect) as appliance:
        use(appliance, monkeypatch)
        queues = catalogue_file(tmp_path, host_of(appliance))
        play(appliance, clock, ONE, "+40", f"accept:{EDSGER}", "+60", "transfer:2")
        summary = json.loads(told(queues, "--json"))
    assert [misroute["to_team"] for misroute in summary["misroutes"]] == ["Workplace"]
