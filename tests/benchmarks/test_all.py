"""`python -m benchmarks`: runs its parts, writes figures and pictures, compares with another run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import PAGES, PARTS
from benchmarks.page import page
from benchmarks.plots import draw
from benchmarks.results import STORED, read_results

PNG = b"\x89PNG"


def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)  # noqa: S603


def test_a_part_is_run_drawn_and_compared(tmp_path: Path) -> None:
    first = run("benchmarks", "--only", "tokens", "--out", tmp_path / "a", "--against", STORED)
    assert first.returncode == 0, first.stderr
    results = read_results(tmp_path / "a" / "results.json")
    assert set(results.parts) == {"tokens"}
    assert {"processor", "cores", "python", "openai"} <= set(results.machine)
    prompts = [measure for measure in results.parts["tokens"].measures if measure.name == "prompt"]
    assert len(prompts) == 4
    assert all(measure.unit == "tokens" and 500 < measure.middle < 10_000 for measure in prompts)
    assert (tmp_path / "a" / "tokens.png").read_bytes().startswith(PNG)

    changed = json.loads((tmp_path / "a" / "results.json").read_text("utf-8"))
    changed["parts"]["tokens"]["measures"][0]["values"] = [1000]
    (tmp_path / "old.json").write_text(json.dumps(changed), "utf-8")
    again = run("benchmarks", "--only", "tokens", "--out", tmp_path / "a", "--against", tmp_path / "old.json")
    assert "8 measures, 1 differ" in again.stdout
    assert "| 1,000 tokens |" in again.stdout
    assert "| worse |" in again.stdout


def test_what_is_no_stored_run_is_told_before_anything_is_run(tmp_path: Path) -> None:
    refused = run("benchmarks", "--only", "tokens", "--out", tmp_path, "--against", tmp_path / "none.json")
    assert refused.returncode == 2
    assert refused.stderr == (
        f"benchmarks: {tmp_path}/none.json: No such file or directory: give a results.json of `python -m benchmarks`\n"
    )


@pytest.mark.parametrize("module", ["benchmarks.curves.queues", "benchmarks.peers"])
def test_without_the_data_a_part_is_skipped(tmp_path: Path, module: str) -> None:
    done = run(module, tmp_path / "nothing", "--json", tmp_path / "out.json")
    assert done.returncode == 0, done.stderr
    assert "skipped" in done.stdout
    assert not (tmp_path / "out.json").exists()


def test_curves_of_cases_and_conversations(tmp_path: Path) -> None:
    cases = run("benchmarks.curves.cases", "--counts", "3")
    assert cases.returncode == 0, cases.stderr
    assert "| conversations a second | 3 cases |" in cases.stdout
    open_ = run("benchmarks.curves.conversations", "--counts", "2", "--stores", "sqlite")
    assert open_.returncode == 0, open_.stderr
    assert "| chosen by the model | sqlite, 2 conversations | 100.0 % " in open_.stdout


def test_the_stored_run_has_every_part_and_can_be_drawn(tmp_path: Path) -> None:
    stored = read_results(STORED)
    assert set(stored.parts) == set(PARTS)
    pictures = draw(stored, tmp_path)
    assert {path.stem for path in pictures} == set(PARTS)
    assert {path.name for path in PAGES.glob("*.png")} == {path.name for path in pictures}
    assert (PAGES / "figures.md").read_text("utf-8") == page(stored)
