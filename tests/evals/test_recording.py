"""A run with a model on a server: recorded once, then repeated without it, byte for byte; nothing is paid twice."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from agent.cli.main import main
from evals import evaluate
from evals.cli.planning import plan_of
from evals.plan import Plan
from evals.run_dir import read_results
from tests.evals.runs import CASES, plan, write
from tests.support.openai_answers import Canned, failure, text
from tests.support.openai_stub import OpenAIStub, Request, brain


def replay(folder: Path, tape: Path, **more: Any) -> Plan:
    return plan_of(
        queues=None,
        cases=(folder / "cases.jsonl",),
        model=None,
        user=None,
        record=None,
        replay=tape,
        cache=True,
        environ={},
        **more,
    )


def moody(request: Request) -> Canned:
    """Fails for printers, talks nonsense about the rest but SQL."""
    if "printer" in request.said:
        return failure(503)
    return (
        brain(request)
        if "SQL" in request.said or "agent" in request.said
        else text("I have transferred you.")
    )


def test_a_replay_gives_the_same_summary_without_key_or_server(tmp_path: Path) -> None:
    tape = tmp_path / "run.tape"
    with OpenAIStub(moody) as stub:
        recorded = evaluate(plan(tmp_path, base_url=stub.base_url, tape=tape, mode="record"), tmp_path / "a")
        asked = len(stub.requests)
    assert recorded.summary.complete
    assert recorded.summary.counts["degraded"] == 1
    assert recorded.summary.effort["prompt_tokens"].total > 0
    before = tape.read_bytes()
    for name, more in (("b", {"concurrency": 1}), ("c", {"concurrency": 20})):
        evaluate(replay(tmp_path, tape, **more), tmp_path / name)
        assert (tmp_path / name / "summary.json").read_bytes() == (tmp_path / "a/summary.json").read_bytes()
    assert evaluate(replay(tmp_path, tape), tmp_path / "d", workers=2).summary == recorded.summary
    assert tape.read_bytes() == before
    assert asked > len(CASES)


def test_two_recordings_of_the_same_answers_differ_in_their_times_only(tmp_path: Path) -> None:
    with OpenAIStub(brain) as stub:
        for name in ("a", "b"):
            planned = plan(
                tmp_path, base_url=stub.base_url, tape=tmp_path / name, mode="record", concurrency=3
            )
            evaluate(planned, tmp_path / f"out-{name}")
    entries = [
        [json.loads(line) | {"seconds": 0} for line in (tmp_path / name).read_text().splitlines()]
        for name in "ab"
    ]
    assert entries[0] == entries[1]


def test_a_replay_of_other_cases_breaks_off_and_says_what_to_do(tmp_path: Path) -> None:
    with OpenAIStub(brain) as stub:
        evaluate(plan(tmp_path, base_url=stub.base_url, tape=tmp_path / "t", mode="record"), tmp_path / "a")
    write(tmp_path / "cases.jsonl", [*CASES[:2], {**CASES[2], "opening": "the scanner does not scan to SQL"}])
    outcome = evaluate(replay(tmp_path, tmp_path / "t"), tmp_path / "b")
    assert not outcome.summary.complete
    assert [result.error is None for result in read_results(tmp_path / "b")] == [True, True, False]
    assert "record it again" in (list(read_results(tmp_path / "b"))[2].error or "")


def run(*arguments: str, **environment: str) -> Any:
    return CliRunner(env=environment).invoke(main, ["eval", *arguments])


@pytest.fixture
def cases(tmp_path: Path) -> str:
    return str(write(tmp_path / "cases.jsonl"))


def test_on_the_command_line_too_with_a_cache_that_needs_no_option(
    tmp_path: Path, cases: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    a, b, c, d = (str(tmp_path / name) for name in "abcd")
    with OpenAIStub(brain) as stub:
        server = {"OPENAI_BASE_URL": stub.base_url}
        first = run("--cases", cases, "--model", "m", "--out", a, **server)
        asked = len(stub.requests)
        again = run("--cases", cases, "--model", "m", "--out", b, **server)
        assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
        assert len(stub.requests) == asked > 0
        run("--cases", cases, "--model", "m", "--out", c, "--trials", "2", **server)
        assert len(stub.requests) == 2 * asked  # the second trial is another one
        run("--cases", cases, "--model", "m", "--out", d, "--no-cache", **server)
        assert len(stub.requests) == 3 * asked
        run("--cases", cases, "--model", "other", "--out", d + "2", **server)
        assert len(stub.requests) == 4 * asked
    assert (tmp_path / "a/summary.json").read_bytes() == (tmp_path / "b/summary.json").read_bytes()


def test_seconds_are_those_of_the_recording(tmp_path: Path) -> None:
    def slow(request: Request) -> Canned:
        answer = brain(request)
        return Canned(**{**answer.__dict__, "delay": 0.3})

    with OpenAIStub(slow) as stub:
        evaluate(
            plan(tmp_path, CASES[:1], base_url=stub.base_url, tape=tmp_path / "t", mode="record"),
            tmp_path / "a",
        )
    evaluate(replay(tmp_path, tmp_path / "t"), tmp_path / "b")
    (recorded,), (replayed,) = (list(read_results(tmp_path / name)) for name in "ab")
    assert recorded.seconds >= 0.3
    assert replayed.seconds >= 0.3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--record", "x", "--replay", "y"], "give one of them"),
        (["--replay", "y", "--model", "m"], "takes the models from the recording"),
        (["--replay", "missing"], "missing: No such file"),
        (["--record", "x"], "nothing to record"),
    ],
)
def test_bad_combinations_get_one_message(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len([line for line in result.stderr.splitlines() if line]) == 1


def test_a_recording_of_another_model_is_not_added_to(tmp_path: Path, cases: str) -> None:
    with OpenAIStub(brain) as stub:
        server = {"OPENAI_BASE_URL": stub.base_url}
        tape = str(tmp_path / "t")
        run("--cases", cases, "--model", "m", "--out", str(tmp_path / "a"), "--record", tape, **server)
        result = run(
            "--cases", cases, "--model", "n", "--out", str(tmp_path / "b"), "--record", tape, **server
        )
    assert result.exit_code == 2
    assert "was recorded with another model" in result.stderr
    assert not (tmp_path / "b").exists()


def test_a_recording_of_a_run_that_was_not_recorded_is_no_empty_one(tmp_path: Path, cases: str) -> None:
    with OpenAIStub(brain) as stub:
        options = ("--cases", cases, "--model", "m", "--out", str(tmp_path / "a"))
        server = {"OPENAI_BASE_URL": stub.base_url, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        assert run(*options, **server).exit_code == 0
        result = run(*options, "--record", str(tmp_path / "t"), **server)
        assert result.exit_code == 2
        assert "tape was None and is" in result.stderr
        recorded = (
            "--cases",
            cases,
            "--model",
            "m",
            "--out",
            str(tmp_path / "b"),
            "--record",
            str(tmp_path / "t"),
        )
        assert run(*recorded, **server).exit_code == 0
        assert len((tmp_path / "t").read_text().splitlines()) > 4
        (tmp_path / "t").unlink()
        result = run(*recorded, **server)
        assert (result.exit_code, "add --fresh" in result.stderr) == (2, True)


def test_the_server_of_a_player_matters_too(tmp_path: Path, cases: str) -> None:
    with OpenAIStub(lambda _: text("no JSON")) as one, OpenAIStub(lambda _: text("no JSON")) as two:
        for number, stub in enumerate((one, two)):
            options = (
                "--cases",
                cases,
                "--model",
                "embedded",
                "--user",
                "p",
                "--out",
                str(tmp_path / str(number)),
            )
            run(*options, OPENAI_BASE_URL=stub.base_url, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert len(one.requests) == len(two.requests) > 0
