"""The command itself: help, errors, and how little it loads."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from agent.cli import main as module
from agent.cli.main import SUBCOMMANDS, main
from agent.errors import InputError, StoreError

# What may be loaded beside the standard library, and no more: start-up time is a promise.
HELP = {"agent", "click"}
CHAT = HELP | {
    "annotated_types",
    "prompts",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
    "yaml",
}
LOADED = """
import sys
before = set(sys.modules)
{}
names = {{name.partition(".")[0] for name in set(sys.modules) - before}} - set(sys.stdlib_module_names)
print(*(name for name in names if hasattr(sys.modules.get(name), "__path__")))
print(*(name for name in ("asyncio", "sqlite3", "unittest", "email.mime") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("code", "packages", "others"),
    [
        ("import agent", {"agent"}, set()),
        ("from agent.cli.main import main; main(['--help'], standalone_mode=False)", HELP, set()),
        ("from agent.cli.main import main; main(['chat'], standalone_mode=False)", CHAT, {"asyncio"}),
        ("from agent import HandoffAgent", CHAT - {"click"}, {"asyncio"}),
    ],
)
def test_nothing_is_loaded_before_it_is_needed(code: str, packages: set[str], others: set[str]) -> None:
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LOADED.format(code)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    *_, named, standard = result.stdout.split("\n")[:-1]
    assert set(named.split()) <= packages
    assert set(standard.split()) <= others


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
