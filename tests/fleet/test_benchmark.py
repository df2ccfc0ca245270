"""The benchmark of docs/deploy.md runs, and prints what it says."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

from benchmarks.http_load import options_in

TEXT = Path(__file__).parents[2].joinpath("docs", "deploy.md").read_text("utf-8")
COMMAND = [sys.executable, "-m", "benchmarks.http_load", "--store", "memory", "--embedded"]


def test_it_prints_a_table_and_writes_the_same(tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    command = [*COMMAND, "--conversations", "5", "--at-once", "2", "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    head, _, line = done.stdout.splitlines()
    (row,) = json.loads(out.read_text("utf-8"))
    assert head == f"| {' | '.join(row)} |"
    assert line == f"| {' | '.join(map(str, row.values()))} |"
    assert row["store"] == "memory"
    assert row["turns/s"] > 0
    assert 0 < row["p50 ms"] <= row["p99 ms"]
    assert row["MB"] > 10


def test_the_commands_of_the_page_are_known() -> None:
    commands = re.findall(r"^python -m benchmarks.http_load (.*)$", TEXT, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        assert options_in(shlex.split(command)).store
