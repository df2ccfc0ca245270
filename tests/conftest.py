"""What holds for all tests: nothing of the developer's environment, and no skips where HANDOFF_CI forbids them."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Read before any test changes the environment.
_NO_SKIPS = os.environ.get("HANDOFF_CI") == "1"
_PREFIXES = ("HANDOFF_", "OPENAI_", "OTEL_", "TIKTOKEN", "DATA_GYM_")


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see none of the settings of whoever runs them."""
    for name in os.environ:
        if name.startswith(_PREFIXES):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def own_list_of_files(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests write is not noted among the developer's files."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))


@pytest.fixture(autouse=True)
def lock_started_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock on the network holds for the programs that tests start, too (pytest-socket is in this one only)."""
    paths = [str(Path(__file__).parent / "support" / "loopback_only"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, pytest.TestReport]:
    report: pytest.TestReport = yield
    return _forbid_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, pytest.CollectReport]:
    report: pytest.CollectReport = yield
    return _forbid_skip(report)


def _forbid_skip(report: Report) -> Report:
    if _NO_SKIPS and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"HANDOFF_CI=1 forbids this skip: {reason}"
    return report
