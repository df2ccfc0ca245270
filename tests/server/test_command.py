"""`handoff serve`: what it takes, and what it says where something is wrong."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.cli.main import main
from tests.support.without import run_without

from .processes import process


def refused(*arguments: str, **environ: str) -> str:
    """What the command says, when it ends with exit code 2, in one line."""
    command = ["serve", "--port", "0", "--store", "memory", *arguments]
    done = CliRunner().invoke(main, command, env=environ)
    assert done.exit_code == 2, done
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_without_a_key_it_is_for_this_machine_only() -> None:
    assert "HANDOFF_API_KEYS" in refused("--host", "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize(
    ("arguments", "environ", "named"),
    [
        (("--host", "example.com"), {}, "an IP address"),
        ((), {"HANDOFF_API_KEYS": "acme:0123456789"}, "HANDOFF_API_KEYS"),
        ((), {"HANDOFF_TOKEN_KEY": "0" * 40}, "HANDOFF_TOKEN_ISSUER"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: tuple[str, ...], environ: dict[str, str], named: str
) -> None:
    said = refused(*arguments, **environ)
    assert named in said
    assert "0123456789" not in said
    assert "0" * 40 not in said


def test_with_a_key_any_address_will_do(tmp_path: Path) -> None:
    with (
        process(tmp_path / "chats.db", HANDOFF_API_KEYS="acme:0123456789abcdef") as server,
        server.client() as client,
    ):
        assert client.post("/v1/conversations", json={}).status_code == 401
        client.headers["authorization"] = "Bearer 0123456789abcdef"
        assert client.post("/v1/conversations", json={}).status_code == 201


def test_without_its_packages_it_says_which_extra_brings_them() -> None:
    done = run_without("fastapi", "serve", "--port", "0")
    assert done.returncode == 2
    assert "live-agent-handoff[server]" in done.stderr
