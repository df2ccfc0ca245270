"""`handoff mcp`: its help, and what it refuses before it serves anybody."""

import socket

import pytest
from click.testing import CliRunner, Result

from agent.cli.main import main
from tests.mcp.setting import ACME
from tests.support.without import run_without


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["mcp", *arguments])


def test_its_help_has_examples() -> None:
    printed = run("--help").output
    for example in ("handoff mcp --name Ada", "handoff mcp --http", "HANDOFF_API_KEYS=acme:$KEY handoff mcp"):
        assert example in printed


BAD = [
    (["--http", "--host", "0.0.0.0"], "", "without a key the server is for this machine only"),  # noqa: S104
    (["--http", "--host", "handoff.acme.com"], "", "--host handoff.acme.com: write an IP address"),
    (["--http", "--address", "http://handoff.acme.com"], "", "write the https address"),
    (["--http", "--host", "0.0.0.0"], f"acme:{ACME}", "--address is missing"),  # noqa: S104
    (["--http", "--name", "Ada"], f"acme:{ACME}", "the headers Handoff-User"),
    (["--http"], "acme:short", "HANDOFF_API_KEYS: a key of acme is too short"),
    (["--http"], "nothing", "HANDOFF_API_KEYS: write TENANT:KEY"),
    (["--attribute", "region"], "", "right is KEY=VALUE"),
    (["--queues", "no-such-file.yaml"], "", "no-such-file.yaml"),
    (["--port", "-1"], "", "--port"),
]


@pytest.mark.parametrize(("arguments", "keys", "says"), BAD)
def test_mistakes(monkeypatch: pytest.MonkeyPatch, arguments: list[str], keys: str, says: str) -> None:
    monkeypatch.setenv("HANDOFF_MODEL", "embedded")
    monkeypatch.setenv("HANDOFF_API_KEYS", keys)
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert says in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("--http", "--port", str(port))
    assert result.exit_code == 2
    assert f"port {port} of 127.0.0.1 cannot be used" in result.output


def test_without_the_extra_it_says_how_to_get_it() -> None:
    result = run_without("mcp", "mcp")
    assert result.returncode == 2
    assert "pip install 'live-agent-handoff[mcp]'" in result.stderr
    assert "Traceback" not in result.stderr
