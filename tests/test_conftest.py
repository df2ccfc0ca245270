"""HANDOFF_CI=1 makes a failure of every skip, or a service that is gone would go unnoticed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_fine(): pass

@pytest.mark.skip(reason="no database here")
def test_marked(): pass

def test_calls(): pytest.skip("no browser here")

@pytest.mark.xfail(strict=True)
def test_known(): assert False
"""
MODULE = "import pytest\npytest.importorskip('no_such_module')\n"


def run(folder: Path, ci: str) -> str:
    folder.joinpath("test_a.py").write_text(TESTS)
    folder.joinpath("test_b.py").write_text(MODULE)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-q", "-rs"]
    environ = {**os.environ, "HANDOFF_CI": ci, "PYTHONPATH": str(Path(__file__).parents[1])}
    command += ["--rootdir", str(folder), "-c", os.devnull, "--continue-on-collection-errors", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False).stdout  # noqa: S603


def test_skips_are_failures_where_they_are_forbidden(tmp_path: Path) -> None:
    told = run(tmp_path, "1")
    assert "1 failed, 1 passed, 1 xfailed, 2 errors" in told
    for reason in ("no database here", "no browser here", "could not import 'no_such_module'"):
        assert f"HANDOFF_CI=1 forbids this skip: Skipped: {reason}" in told


def test_skips_are_skips_elsewhere(tmp_path: Path) -> None:
    assert "1 passed, 3 skipped, 1 xfailed" in run(tmp_path, "")


def test_the_developers_settings_are_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [name for name in os.environ if name.startswith(("HANDOFF_", "OPENAI_", "TIKTOKEN"))]


def test_started_processes_reach_loopback_only() -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"  # an address for documentation
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert "tests may not connect to 192.0.2.1" in result.stderr
