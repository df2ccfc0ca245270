"""Every example of docs/mcp.md and docs/function_tool.md runs."""

import ast
import asyncio
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from tests.mcp.setting import ROOT, TOOLS, catalogue, environment, over_http, served

PAGE = (ROOT / "docs" / "mcp.md").read_text("utf-8")
FUNCTION_TOOL = (ROOT / "docs" / "function_tool.md").read_text("utf-8")


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


CONFIGURED: list[dict[str, Any]] = [json.loads(text).popitem()[1]["live-agent"] for text in blocks("json")]
STARTED = [one for one in CONFIGURED if "command" in one]
COMMANDS = [shlex.split(line) for text in blocks("sh") for line in text.splitlines() if "handoff mcp" in line]


async def tools_of(arguments: list[str], folder: Path, **environ: str) -> list[str]:
    catalogue(folder)
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "agent.cli.main", *arguments],
        env=environment(**environ),
        cwd=folder,
    )
    async with Client(server) as client:
        return [tool.name for tool in (await client.list_tools()).tools]


@pytest.mark.parametrize("configured", STARTED)
async def test_what_a_client_starts(configured: dict[str, Any], tmp_path: Path) -> None:
    assert configured["command"] == "handoff"
    assert await tools_of(configured["args"], tmp_path, **configured.get("env", {})) == TOOLS


async def test_the_inspectors_command(tmp_path: Path) -> None:
    (command,) = [words for words in COMMANDS if words[0] == "npx"]
    assert await tools_of(command[command.index("mcp") :], tmp_path) == TOOLS


async def test_the_clients_over_http(tmp_path: Path) -> None:
    (configured,) = [one for one in CONFIGURED if one.get("type") == "http"]
    (exported,) = re.findall(r"export HANDOFF_API_KEYS=(\S+)", PAGE)
    (command,) = [words for words in COMMANDS if "--address" in words]
    arguments = command[command.index("--http") + 1 :]
    loopback = {"0.0.0.0": "127.0.0.1", "8081": "0", "queues.yaml": catalogue(tmp_path)}  # noqa: S104
    with served(*[loopback.get(word, word) for word in arguments], keys=exported) as url:
        headers = {name.replace("-", "_"): value for name, value in configured["headers"].items()}
        async with over_http(url, **headers) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS


def test_from_python(tmp_path: Path) -> None:
    (source,) = blocks("python")
    here = f'command={sys.executable!r}, args=["-m", "agent.cli.main", "mcp"'
    program = source.replace('command="handoff", args=["mcp"', here)
    assert program != source
    program = program.replace('"--name", "Ada"])', f'"--name", "Ada"], env={environment()!r})')
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    assert "Start a chat with Database Support?" in done.stdout
    assert "Open https://livechat.acme.com/start-chat?queue_id=" in done.stdout


def test_the_function_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue(tmp_path)
    monkeypatch.chdir(tmp_path)
    (source,) = blocks("python", FUNCTION_TOOL)
    code = compile(source, "docs/function_tool.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    asyncio.run(eval(code, {}))  # noqa: S307
    printed = capsys.readouterr().out
    assert "Start agent chat start" in printed
    assert "https://chat.example.com/start?queue_id=db" in printed


def test_the_links_lead_somewhere() -> None:
    for page in (PAGE, FUNCTION_TOOL):
        for link in re.findall(r"\]\(([^)#:]+)\)", page):
            assert (ROOT / "docs" / link).exists(), link
