"""An eval over a BeyondTrust catalogue asks no appliance for anything, and needs no credentials."""

from pathlib import Path

from evals import evaluate
from evals.cli.planning import plan_of
from evals.run_dir import read_results
from tests.evals.runs import case, write
from tests.support import small
from tests.targets.beyondtrust import setting


def test_no_key_is_made(tmp_path: Path) -> None:
    setting.catalogue(tmp_path, "support.example.com")
    plan = plan_of(
        queues=tmp_path / "queues.yaml",
        cases=(write(tmp_path / "cases.jsonl", [case("sql", "my SQL query hangs", small.DATABASE)]),),
        model="embedded",
        user=None,
        record=None,
        replay=None,
        cache=False,
        environ={},
    )
    evaluate(plan, tmp_path / "out")
    (result,) = read_results(tmp_path / "out")
    assert (result.ended, result.violations) == ("handoff", ())
    assert (result.transcript[-1].handoff or "").startswith("https://support.example.com/?queue_id=db&")
