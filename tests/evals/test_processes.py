"""Runs in processes of their own: stopped, killed, out of room, and with an output that cannot hold everything."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest
from click.testing import CliRunner, Result

from agent.cli.main import main
from tests.evals.runs import CASES, PRINTERS, vague, wait_for_lines, write


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["eval", *map(str, arguments)])


def started(*arguments: str | Path, **more: Any) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "agent.cli.main", "eval", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)  # noqa: S603


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_process_keeps_what_is_done(tmp_path: Path, how: signal.Signals, workers: str) -> None:
    many = write(tmp_path / "cases.jsonl", [vague(f"c{n}", "my printer jams", PRINTERS) for n in range(1500)])
    options = ("--cases", many, "--model", "embedded", "--out", tmp_path / "out", "--workers", workers)
    process = started(*options)
    wait_for_lines(tmp_path / "out/results.jsonl", 50)
    process.send_signal(how)
    errors = process.communicate(timeout=30)[1]
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert errors.splitlines()[-1].startswith("handoff: stopped; what was played is kept in ")
    kept = len((tmp_path / "out/results.jsonl").read_bytes().splitlines())
    assert 50 <= kept < 1500
    result = run(*options)
    assert result.exit_code == 0, result.output
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["counts"]["conversations"] == 1500
    assert summary["metrics"]["accuracy"]["value"] == 1


def test_a_worker_that_dies_makes_the_run_incomplete(tmp_path: Path) -> None:
    many = write(tmp_path / "cases.jsonl", [vague(f"c{n}", "my printer jams", PRINTERS) for n in range(1000)])
    options = ("--cases", many, "--model", "embedded", "--out", tmp_path / "out")
    process = started(*options, "--workers", "2")
    wait_for_lines(tmp_path / "out/results.jsonl", 20)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    spawned = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(spawned) == 2
    os.kill(int(spawned[0]), signal.SIGKILL)
    errors = process.communicate(timeout=60)[1]
    assert process.returncode == 3
    assert "a worker died" in errors
    assert run(*options).exit_code == 0


def test_a_full_disk_keeps_what_is_written(tmp_path: Path) -> None:
    many = write(tmp_path / "cases.jsonl", [vague(f"c{n}", "my printer jams", PRINTERS) for n in range(400)])
    options = ("--cases", many, "--model", "embedded", "--out", tmp_path / "out")

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))  # of a file: as good as a full disk

    process = started(*options, preexec_fn=little_room)
    errors = process.communicate(timeout=60)[1]
    assert process.returncode == 3, errors
    assert "what was written before is kept" in errors
    assert "Traceback" not in errors
    kept = (tmp_path / "out/results.jsonl").read_bytes()
    assert len(kept) <= 300_000
    assert len(kept.splitlines()) > 50
    assert run(*options).exit_code == 0
    assert len((tmp_path / "out/results.jsonl").read_bytes().splitlines()) == 400


def test_output_that_cannot_hold_every_character_ends_no_run(tmp_path: Path) -> None:
    process = started(
        "--cases",
        write(tmp_path / "cases.jsonl", CASES),
        "--model",
        "embedded",
        "--out",
        tmp_path / "out",
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    printed, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Routing accuracy" in printed


def shown(columns: int, *arguments: str | Path) -> str:
    """What a terminal of so many columns shows of a run that goes well, without its escape sequences."""
    process = pexpect.spawn(
        sys.executable,
        ["-m", "agent.cli.main", "eval", "--model", "embedded", *map(str, arguments)],
        env={**os.environ, "TERM": "xterm-256color"},
        encoding="utf-8",
        dimensions=(60, columns),
        timeout=60,
    )
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", process.before or "")


def test_at_a_terminal_the_progress_is_live(tmp_path: Path) -> None:
    many = write(tmp_path / "cases.jsonl", [vague(f"c{n}", "my printer jams", PRINTERS) for n in range(300)])
    found = shown(120, "--cases", many, "--out", tmp_path / "out")
    assert re.search(r"Playing .* \d+/300 accuracy 100\.0 % \d:\d\d:\d\d", found)
    assert "Routing accuracy (first proposal)" in found


def test_on_a_narrow_terminal_nothing_is_cut_off(tmp_path: Path) -> None:
    tables = shown(80, "--limit", "40", "--out", tmp_path / "out").partition("Metrics")[2]
    assert "Routing accuracy (first proposal)" in tables
    assert "Business Applications & ERP" in tables
    assert "…" not in tables
