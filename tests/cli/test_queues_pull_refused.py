"""`handoff queues pull`: what is wrong, and what the appliance refuses; nothing is written then."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.appliance import Running
from tests.support.pulling import first, pull, run, use


@pytest.mark.parametrize(
    ("content", "arguments", "text"),
    [
        (None, [], "queues.yaml: is not there yet, so say which appliance to ask: --host HOST"),
        (None, ["--host", "https://x.example.com/"], "--host https://x.example.com/: "),
        (None, ["--kind", "url_template"], "--kind"),
        (None, ["."], "is a directory"),
        ("version: 1", [], "queues.yaml:1: "),
        ("link", ["--host", "other.example.com"], "--host other.example.com: queues.yaml has localhost"),
        ("link", ["--kind", "session_key"], "--kind session_key: queues.yaml has portal_link"),
        ("link", ["--default", "x"], "--default x: is for a new file; change default_queue in queues.yaml"),
        ("template", [], "its target is a url_template, which leads to no appliance"),
    ],
)
def test_wrong_usage(
    content: str | None, arguments: list[str], text: str, file: Path, appliance: Running
) -> None:
    if content == "link":
        first(appliance)
    elif content is not None:
        file.write_text(run("queues", "example").stdout if content == "template" else content)
    before = file.read_bytes() if file.exists() else None
    result = pull(*arguments, "--yes")
    assert result.exit_code == 2
    assert text in result.stderr
    assert (file.read_bytes() if file.exists() else None) == before


def test_without_credentials(folder: Path) -> None:
    result = pull("--host", "support.example.com")
    assert result.exit_code == 2
    assert "HANDOFF_BEYONDTRUST_CLIENT_ID and HANDOFF_BEYONDTRUST_CLIENT_SECRET" in result.stderr


def test_without_the_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "agent.targets.beyondtrust.make", None)
    result = pull("--host", "support.example.com")
    assert result.exit_code == 2
    assert "pip install 'live-agent-handoff[beyondtrust]'" in result.stderr


@pytest.mark.parametrize(
    ("account", "fault", "text"),
    [
        (
            "no-commands",
            None,
            "give the API account the right to it (/login > Management > API Configuration)",
        ),
        ("read-only", "bad-token", "401"),
        ("read-only", "no-rights", "give the API account the right to it"),
        ("read-only", "broken", "no XML"),
    ],
)
def test_it_could_not_be_asked(
    account: str, fault: Any, text: str, file: Path, appliance: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(appliance, monkeypatch, account)
    if fault:
        appliance.faults.add(fault)
    result = first(appliance)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Error: localhost")
    assert text in result.stderr
    assert not file.exists()


def test_it_could_not_be_reached(file: Path, appliance: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    first(appliance)
    before = file.read_bytes()
    monkeypatch.delenv("HANDOFF_BEYONDTRUST_CA_FILE")
    distrusted = pull("--yes")
    assert (distrusted.exit_code, "HANDOFF_BEYONDTRUST_CA_FILE" in distrusted.stderr) == (3, True)
    use(appliance, monkeypatch)
    gone = pull("elsewhere.yaml", "--host", "localhost:9", "--yes")
    assert (gone.exit_code, "localhost:9 cannot be reached" in gone.stderr) == (3, True)
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CLIENT_SECRET", "wrong-secret-of-the-test")
    wrong = pull("--yes")
    assert (wrong.exit_code, "gives no token" in wrong.stderr) == (3, True)
    assert "wrong-secret" not in wrong.output
    assert file.read_bytes() == before
