import pytest

from tests.promises.size import counted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for door, answers in sorted(counted.items()):
        terminalreporter.write_line(f"promises: {answers:,} model answers, {door}")
