"""A run: the same result in any order, gone on with where it stopped, and never mixed with another one."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent import Answer, Briefing
from agent.errors import CaseFileError, InputError, ModelUnavailable
from agent.models.embedded import EmbeddedModel
from agent.records.reply import Reply
from evals import evaluate, regrade
from evals.result import Result
from evals.run_dir import read_results, read_summary
from tests.evals.runs import CASES, DATABASE, PRINTERS, case, plan, vague

FILES = {"results.jsonl", "summary.json", "run.json", "report.html"}


def ids(folder: Path) -> list[str]:
    return [result.id for result in read_results(folder)]


def test_a_run_says_how_every_case_went(tmp_path: Path) -> None:
    outcome = evaluate(plan(tmp_path), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert outcome.problem is None
    assert outcome.summary == read_summary(tmp_path / "out")
    assert outcome.summary.metrics["accuracy"].value == 0.75
    found = {result.id: result for result in read_results(tmp_path / "out")}
    assert list(found) == ["clear", "vague", "printer", "wrong"]
    vague_one = found["vague"]
    assert (vague_one.queue, vague_one.correct, vague_one.asked_first, vague_one.turns) == (
        DATABASE,
        True,
        1,
        3,
    )
    assert (found["wrong"].queue, found["wrong"].correct, found["wrong"].expected.queue) == (
        DATABASE,
        False,
        (PRINTERS,),
    )
    assert [turn.said for turn in vague_one.transcript][1:] == [
        "strange issue with a SQL database",
        "[start]",
    ]
    assert vague_one.transcript[-1].handoff == f"https://livechat.acme.com/start-chat?queue_id={DATABASE}"


def test_order_and_concurrency_do_not_change_the_result(tmp_path: Path) -> None:
    cases = [vague(f"case-{number}", "my printer jams", PRINTERS) for number in range(30)]
    one = evaluate(plan(tmp_path, cases, concurrency=1, trials=2), tmp_path / "one")
    evaluate(plan(tmp_path, cases, concurrency=20, trials=2), tmp_path / "many")
    assert (tmp_path / "one/summary.json").read_bytes() == (tmp_path / "many/summary.json").read_bytes()
    assert one.summary.counts["conversations"] == 60
    order = [(result.id, result.trial, result.position) for result in read_results(tmp_path / "many")]
    assert order == [(f"case-{n // 2}", n % 2, n) for n in range(60)]


def test_several_processes_come_to_the_same(tmp_path: Path) -> None:
    evaluate(plan(tmp_path, trials=3), tmp_path / "one")
    evaluate(plan(tmp_path, trials=3), tmp_path / "two", workers=2)
    assert (tmp_path / "one/summary.json").read_bytes() == (tmp_path / "two/summary.json").read_bytes()
    assert ids(tmp_path / "one") == ids(tmp_path / "two")


class Dies(EmbeddedModel):
    """An embedded model that is interrupted in the n-th call."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.left = at

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return await super().decide(briefing, started)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    evaluate(plan(tmp_path), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        evaluate(plan(tmp_path, concurrency=1), tmp_path / "out", model=Dies(4))
    assert ids(tmp_path / "out") == ["clear", "vague"]
    seen: list[str] = []
    outcome = evaluate(plan(tmp_path), tmp_path / "out", resumed=lambda result: seen.append(result.id))
    assert outcome.played == 2
    assert seen == ["clear", "vague"]
    assert (tmp_path / "whole/summary.json").read_bytes() == (tmp_path / "out/summary.json").read_bytes()


def test_a_run_is_not_gone_on_with_where_the_model_has_to_be_surer(tmp_path: Path) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    surer = plan(tmp_path)
    surer = dataclasses.replace(surer, settings=dataclasses.replace(surer.settings, sure=0.9))
    with pytest.raises(InputError, match="a run of another configuration: sure"):
        evaluate(surer, tmp_path / "out")


@pytest.mark.parametrize("cut", [1, 40, 2000])
def test_what_a_killed_run_left_half_written_is_played_again(tmp_path: Path, cut: int) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    whole = (tmp_path / "out/results.jsonl").read_bytes()
    summary = (tmp_path / "out/summary.json").read_bytes()
    (tmp_path / "out/results.jsonl").write_bytes(whole[:-cut])
    assert ids(tmp_path / "out") == ["clear", "vague", "printer"]  # readable as it is
    outcome = evaluate(plan(tmp_path), tmp_path / "out")
    assert outcome.played == 1
    assert (tmp_path / "out/summary.json").read_bytes() == summary


def test_a_run_that_is_complete_plays_nothing(tmp_path: Path) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    outcome = evaluate(plan(tmp_path), tmp_path / "out", model=Dies(1))
    assert outcome.played == 0
    with pytest.raises(KeyboardInterrupt):
        evaluate(plan(tmp_path), tmp_path / "out", model=Dies(1), fresh=True)
    assert ids(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"trials": 2}, "trials was 1 and is 2"),
        ({"limit": 2}, "limit was None and is 2"),
        ({"tags": ("clear",)}, r"tags was \[\] and is \['clear'\]"),
        ({"cases": CASES[:3]}, "cases changed"),
        ({"base_url": "http://127.0.0.1:9/v1"}, "model was 'embedded' and is 'm', server was None and is"),
    ],
)
def test_another_configuration_is_refused_saying_what_changed(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    before = (tmp_path / "out/results.jsonl").read_bytes()
    with pytest.raises(InputError, match=told):
        evaluate(plan(tmp_path, **change), tmp_path / "out")  # type: ignore[arg-type]
    assert (tmp_path / "out/results.jsonl").read_bytes() == before


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    def second(_: Result) -> None:
        with pytest.raises(InputError, match="another run is writing there"):
            evaluate(plan(tmp_path), tmp_path / "out")

    assert evaluate(plan(tmp_path), tmp_path / "out", watch=second).summary.complete


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/results.jsonl").write_text("mine\n")
    with pytest.raises(InputError, match=r"run\.json: No such file"):
        evaluate(plan(tmp_path), tmp_path / "out")
    assert (tmp_path / "out/results.jsonl").read_text() == "mine\n"
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="give a folder that can be written"):
        evaluate(plan(tmp_path), tmp_path / "file")


async def test_it_also_runs_inside_a_running_loop(tmp_path: Path) -> None:
    assert evaluate(plan(tmp_path), tmp_path / "out").summary.complete


def test_a_case_has_its_own_time(tmp_path: Path) -> None:
    saturday = case(
        "closed",
        "the printer has a paper jam",
        PRINTERS,
        now="2026-11-21T12:00:00Z",
        expect={"handoff_queue": "0c5d1e52-9f0b-4b7e-8a53-6f2f2f0f7c11"},
    )
    evaluate(plan(tmp_path, [saturday]), tmp_path / "out")
    (result,) = read_results(tmp_path / "out")
    assert result.correct
    assert (result.queue, result.handoff_queue) == (PRINTERS, "0c5d1e52-9f0b-4b7e-8a53-6f2f2f0f7c11")


class Fails(EmbeddedModel):
    """Fails for whoever speaks of printers."""

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        if any("printer" in message.text for message in briefing.messages if message.role == "user"):
            raise ModelUnavailable("down")
        return await super().decide(briefing, started)


def test_where_the_model_failed_nothing_is_scored_but_that_they_got_through(tmp_path: Path) -> None:
    summary = evaluate(plan(tmp_path), tmp_path / "out", model=Fails()).summary
    found = {result.id: result for result in read_results(tmp_path / "out")}
    assert found["printer"].degraded
    assert found["printer"].correct is None
    assert found["printer"].queue == PRINTERS  # by the engine
    assert (summary.counts["degraded"], summary.metrics["accuracy"].n) == (1, 3)
    assert (summary.metrics["got_through"].value, summary.metrics["got_through"].n) == (1, 4)
    assert summary.complete


def test_a_model_that_failed_everywhere_makes_no_complete_run(tmp_path: Path) -> None:
    class Down(EmbeddedModel):
        async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
            raise ModelUnavailable("down")

    summary = evaluate(plan(tmp_path), tmp_path / "out", model=Down()).summary
    assert not summary.complete
    assert summary.metrics["accuracy"].value is None
    assert summary.metrics["got_through"].value == 1


def test_cases_that_change_meanwhile_end_the_run(tmp_path: Path) -> None:
    planned = plan(tmp_path, [case(f"case-{number}", "my SQL query hangs") for number in range(300)])

    def change(_: Result) -> None:
        (tmp_path / "cases.jsonl").write_text(json.dumps(case("clear", "something else")) + "\n")

    with pytest.raises(CaseFileError, match="changed while they were played"):
        evaluate(planned, tmp_path / "out", watch=change)


def test_a_run_can_be_moved(tmp_path: Path) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    shutil.move(tmp_path / "out", tmp_path / "moved")
    assert evaluate(plan(tmp_path), tmp_path / "moved").played == 0


def test_a_run_in_which_the_model_failed_every_time_is_played_again(tmp_path: Path) -> None:
    class Down(EmbeddedModel):
        async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
            raise ModelUnavailable("down")

    assert not evaluate(plan(tmp_path), tmp_path / "out", model=Down()).summary.complete
    again = evaluate(plan(tmp_path), tmp_path / "out")
    assert (again.played, again.summary.complete) == (4, True)


def test_another_model_is_another_run_and_has_its_own_name(tmp_path: Path) -> None:
    class Other(EmbeddedModel):
        name = "other"

    assert evaluate(plan(tmp_path), tmp_path / "out", model=Other()).summary.configuration["model"] == "other"
    with pytest.raises(InputError, match="model was 'other' and is 'embedded'"):
        evaluate(plan(tmp_path), tmp_path / "out")


def test_a_defect_of_the_agent_ends_its_case_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(reply: Reply) -> str:
        raise KeyError(reply.text)

    monkeypatch.setattr("evals.conversation.situation", breaks)
    summary = evaluate(plan(tmp_path), tmp_path / "out").summary
    assert summary.counts["errors"] == 4
    assert {result.error for result in read_results(tmp_path / "out")} == {
        "KeyError, which is a defect of the agent"
    }


def test_a_resumed_run_has_no_old_summary_beside_new_results(tmp_path: Path) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    lines = (tmp_path / "out/results.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "out/results.jsonl").write_text("".join(lines[:2]))
    with pytest.raises(KeyboardInterrupt):
        evaluate(plan(tmp_path, concurrency=1), tmp_path / "out", model=Dies(1))
    assert not (tmp_path / "out/summary.json").exists()
    assert regrade(tmp_path / "out").counts["missing"] == 2


def test_regrade_keeps_what_broke_off_and_refuses_what_was_played_differently(tmp_path: Path) -> None:
    planned = plan(tmp_path)
    evaluate(planned, tmp_path / "out")
    lines = (tmp_path / "out/results.jsonl").read_text().splitlines()
    broken = json.dumps(json.loads(lines[1]) | {"error": "it broke"})
    (tmp_path / "out/results.jsonl").write_text("\n".join([lines[0], broken, *lines[2:], ""]))
    assert regrade(tmp_path / "out").counts["errors"] == 1
    assert [result.error for result in read_results(tmp_path / "out")] == [None, "it broke", None, None]
    for change, told in (
        ({"opening": "another"}, "other words"),
        ({"id": "new"}, "is not in these case files"),
    ):
        with pytest.raises(InputError, match=told):
            regrade(tmp_path / "out", plan(tmp_path, [{**CASES[0], **change}, *CASES[1:]]))


def test_a_regraded_run_is_one_of_the_new_cases(tmp_path: Path) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    now = [*CASES[:3], {**CASES[3], "expect": CASES[0]["expect"]}]
    assert regrade(tmp_path / "out", plan(tmp_path, now)).metrics["accuracy"].value == 1
    assert evaluate(plan(tmp_path, now), tmp_path / "out").played == 0
    with pytest.raises(InputError, match="cases changed"):
        evaluate(plan(tmp_path), tmp_path / "out")


@pytest.mark.parametrize(
    "damage",
    [
        '{"position": 5}',
        '{"position":1e400,"error":null}',
        "[" * 100_000,
        '{"position":-3,"error":null}',
        "null",
    ],
)
def test_damaged_results_are_played_again(tmp_path: Path, damage: str) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    whole = (tmp_path / "out/results.jsonl").read_text()
    (tmp_path / "out/results.jsonl").write_text(damage + "\n" + whole.split("\n", 1)[1])
    assert evaluate(plan(tmp_path), tmp_path / "out").played == 1
    assert (tmp_path / "out/results.jsonl").read_text().count("\n") == 4


def test_a_baseline_is_another_run_and_whole(tmp_path: Path) -> None:
    evaluate(plan(tmp_path), tmp_path / "out")
    with pytest.raises(InputError, match="the folder of this very run"):
        evaluate(plan(tmp_path), tmp_path / "out", baseline=tmp_path / "out", fresh=True)
    (tmp_path / "out/results.jsonl").write_text("{}\n")
    with pytest.raises(InputError, match="this is no result"):
        evaluate(plan(tmp_path), tmp_path / "new", baseline=tmp_path / "out")
    assert not (tmp_path / "new").exists()


async def test_an_interrupt_inside_a_running_loop_stops_the_run(tmp_path: Path) -> None:
    many = [vague(f"c{number}", "my printer jams", PRINTERS) for number in range(2000)]
    with pytest.raises(KeyboardInterrupt):
        evaluate(plan(tmp_path, many, concurrency=1), tmp_path / "out", model=Dies(30))
    assert 0 < len(ids(tmp_path / "out")) < 100


@pytest.mark.parametrize("wrong", [{"trials": 0}, {"limit": 0}, {"concurrency": -1}])
def test_numbers_below_1_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="it can be 1 or more"):
        plan(tmp_path, **wrong)
