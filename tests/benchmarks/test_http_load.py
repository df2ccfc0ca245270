"""The benchmark of docs/deploy.md runs, and prints what it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from benchmarks.http_load import options_in
from benchmarks.measures import read

TEXT = Path(__file__).parents[2].joinpath("docs", "deploy.md").read_text("utf-8")
COMMAND = [sys.executable, "-m", "benchmarks.http_load", "--store", "memory", "--embedded"]


def test_it_prints_a_table_and_writes_it_down(tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    command = [*COMMAND, "--conversations", "5", "--at-once", "2", "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    head, _, line = done.stdout.splitlines()
    assert head.startswith("| store | processes | at once | turns/s | p50 ms |")
    assert line.startswith("| memory | 1 | 2 | ")
    found = {measure.name: measure for measure in read(out)}
    assert {(measure.series, measure.at) for measure in found.values()} == {("memory", 2)}
    assert found["turns a second"].middle > 0
    assert 0 < found["a turn, median"].middle <= found["a turn, p99"].middle
    assert found["memory"].middle > 10


def test_the_commands_of_the_page_are_known() -> None:
    commands = re.findall(r"^python -m benchmarks.http_load (.*)$", TEXT, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        assert options_in(shlex.split(command)).store
