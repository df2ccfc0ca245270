"""The command itself: help, errors, and how little it loads."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from agent.cli import main as module
from agent.cli.main import SUBCOMMANDS, main
from agent.errors import InputError, StoreError

HEAVY = {"pydantic", "openai", "numpy", "rich", "yaml", "asyncio", "tiktoken", "tenacity"}


def test_help_loads_next_to_nothing() -> None:
    code = "import sys; from agent.cli.main import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert not HEAVY & set(result.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_is_listed_and_there(name: str) -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert f"{name} " in result.stdout
    assert SUBCOMMANDS[name].help in result.stdout
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_version_and_unknown_subcommands() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout.startswith("handoff, version ")
    unknown = CliRunner().invoke(main, ["chta"])
    assert unknown.exit_code == 2
    assert "chta" in unknown.stderr


@pytest.mark.parametrize(
    ("error", "exit_code", "message"),
    [
        (InputError("queues.yaml:3: no"), 2, "Error: queues.yaml:3: no\n"),
        (StoreError("disk full"), 1, "Error: disk full\n"),
        (
            PermissionError(13, "Permission denied", "queues.yaml"),
            2,
            "Error: queues.yaml: Permission denied\n",
        ),
        (OSError("odd"), 2, "Error: odd\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(32, "Broken pipe"), 1, ""),
    ],
)
def test_errors_are_one_message_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, exit_code: int, message: str
) -> None:
    @click.command()
    def chat() -> None:
        raise error

    monkeypatch.setattr(module, "import_module", lambda _: type("Module", (), {"chat": chat}))
    result = CliRunner().invoke(main, ["chat"])
    assert (result.exit_code, result.stderr) == (exit_code, message)
