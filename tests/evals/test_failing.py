"""`--fail-calls`: the model is made to fail, the same way each time, and everybody who wants a human gets through."""

import math
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.cli.main import main
from agent.data import example_path
from agent.errors import InputError, ModelError
from agent.settings import Settings
from evals.evaluation import evaluate
from evals.failing import Failing
from evals.plan import SHIPPED, Plan, make_plan
from evals.run_dir import read_results, read_summary
from tests.evals.runs import plan, write

KINDS = {"ModelUnavailable", "ModelRejected", "ModelAnswerInvalid", "TimeoutError"}


def failed(share: float, trial: int = 0, calls: int = 400) -> list[str | None]:
    """How each call of a conversation fails; None where it does not."""
    failing, found = Failing(share, ("case", trial)), list[str | None]()
    for _ in range(calls):
        try:
            failing.call()
        except (ModelError, TimeoutError) as error:
            found.append(type(error).__name__)
        else:
            found.append(None)
    return found


def test_none_or_all_fail_in_every_way() -> None:
    assert set(failed(0)) == {None}
    assert set(failed(1)) == KINDS
    assert min(Counter(failed(1)).values()) > 50


def test_as_many_fail_as_should_and_the_same_ones_again() -> None:
    tenth, half = failed(0.1), failed(0.5)
    assert 20 <= 400 - tenth.count(None) <= 60
    assert 160 <= 400 - half.count(None) <= 240
    assert failed(0.1) == tenth != failed(0.1, trial=1)
    assert all(then == now for now, then in zip(tenth, half, strict=True) if now)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_is_from_0_to_1(tmp_path: Path, share: float) -> None:
    with pytest.raises(InputError, match=r"fail_calls is .*: it can be from 0 to 1"):
        plan(tmp_path, fail_calls=share)


def shipped(share: float, concurrency: int = 8) -> Plan:
    return make_plan(
        queues=example_path(),
        cases=SHIPPED,
        settings=Settings(),
        tags=["vague", "insists"],
        fail_calls=share,
        concurrency=concurrency,
    )


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_everybody_who_wants_a_human_gets_a_proposal(tmp_path: Path, share: float) -> None:
    summary = evaluate(shipped(share), tmp_path / "out").summary
    assert summary.metrics["got_through"].n > 20
    assert summary.metrics["got_through"].value == 1
    assert not any(summary.must_be_zero.values())
    assert (summary.metrics["degraded"].value == 0) is (share == 0)
    errors = {
        (call.error or "").split(":")[0]
        for result in read_results(tmp_path / "out")
        for turn in result.transcript
        for call in turn.calls
    } - {""}
    assert errors <= KINDS
    assert bool(errors) is (share > 0)


def test_the_same_again_however_many_at_once(tmp_path: Path) -> None:
    first = evaluate(shipped(0.5), tmp_path / "first").summary
    assert evaluate(shipped(0.5, concurrency=1), tmp_path / "second").summary.text() == first.text()
    assert first.configuration["fail_calls"] == 0.5


def test_on_the_command_line(tmp_path: Path) -> None:
    """All of them failing is what was asked for, and no incomplete run; another share is another run."""
    cases, out = write(tmp_path / "cases.jsonl"), tmp_path / "out"
    command = ["eval", "--cases", str(cases), "--model", "embedded", "--out", str(out)]
    result = CliRunner().invoke(main, [*command, "--fail-calls", "1", "--fail-under", "got_through=1"])
    assert result.exit_code == 0, result.output
    assert read_summary(out).metrics["got_through"].value == 1
    refused = CliRunner().invoke(main, [*command, "--fail-calls", "0.5"])
    assert refused.exit_code == 2
    assert "fail_calls" in refused.output
    wrong = CliRunner().invoke(main, [*command, "--fail-calls", "2"])
    assert wrong.exit_code == 2
