"""`handoff mcp` as a process of its own, and the official client with a person behind it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import httpx2
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, ElicitRequestParams, ElicitResult, ErrorData

Mode = Literal["auto", "legacy"]
MODES = get_args(Mode)
"""The protocol of 2026, in which the answer asks, and the one before, in which the call waits."""
ACME, OTHER = "acme-key-0123456789", "other-key-0123456789"
TOOLS = ["start_conversation", "send_message", "press_button", "list_queues"]
ROOT = Path(__file__).parents[2]
HIDDEN = "Kanarienvogel"
SQL = "my SQL database is slow, every query hangs"

QUEUES = f"""
version: 1
target:
  kind: url_template
  url: "https://chat.example.com/start?queue_id={{queue_id}}&text={{summary}}&ref={{reference}}&who={{name}}"
default_queue: desk
queues:
  - {{id: desk, name: Service Desk, description: "Everything about computers that fits nowhere else."}}
  - {{id: db, name: Database Support, description: "SQL databases: failing queries, connections, backups."}}
  - {{id: eu, name: {HIDDEN} Payroll, description: "Payslips of {HIDDEN}.", only_for: {{region: [EU]}}}}
"""


def catalogue(folder: Path) -> str:
    path = folder / "queues.yaml"
    path.write_text(QUEUES, "utf-8")
    return str(path)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "agent.cli.main", "mcp", *arguments]


def environment(**more: str) -> dict[str, str]:
    """What a server of a whole session of tests gets: nothing of the developer's settings, and no network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "OPENAI_"))}
    path = os.pathsep.join([str(ROOT / "tests/support/loopback_only"), str(ROOT), kept.get("PYTHONPATH", "")])
    return {**kept, "HANDOFF_MODEL": "embedded", "PYTHONUNBUFFERED": "1", "PYTHONPATH": path, **more}


@contextmanager
def served(*arguments: str, keys: str = "") -> Iterator[str]:
    """The server over HTTP; gives the address of its tools."""
    environ = environment(HANDOFF_API_KEYS=keys)
    process = subprocess.Popen(  # noqa: S603
        command("--http", "--port", "0", *arguments), stdout=subprocess.PIPE, text=True, env=environ
    )
    assert process.stdout
    try:
        yield process.stdout.readline().rpartition(" ")[2].strip()
    finally:
        process.terminate()
        process.communicate()
        assert process.returncode == 0


class Person:
    """Answers their client's forms with `action`, and `confirm` in it; `asked` are the forms' texts."""

    def __init__(self, action: Literal["accept", "decline", "cancel"] = "accept", **content: Any) -> None:
        self.asked: list[str] = []
        self.action, self.content = action, content

    async def __call__(
        self, context: ClientRequestContext, params: ElicitRequestParams
    ) -> ElicitResult | ErrorData:
        assert params.mode == "form"
        self.asked.append(params.message)
        return ElicitResult(action=self.action, content=self.content or None)


def agrees() -> Person:
    return Person("accept", confirm=True)


@asynccontextmanager
async def over_http(
    url: str, mode: Mode = "auto", person: Any = None, key: str = "", **headers: Any
) -> AsyncIterator[Client]:
    """A client of the server at `url`."""
    named = [(name.replace("_", "-"), value.encode()) for name, value in headers.items()]
    bearer = [("authorization", f"Bearer {key}".encode())] if key else []
    async with (
        httpx2.AsyncClient(headers=[(n.encode(), v) for n, v in named + bearer]) as http,
        Client(
            streamable_http_client(url, http_client=http), mode=mode, elicitation_callback=person
        ) as client,
    ):
        yield client


def over_stdio(*arguments: str, mode: Mode = "auto", person: Any = None) -> Client:
    """A client that starts the server."""
    program, *rest = command(*arguments)
    server = StdioServerParameters(command=program, args=rest, env=environment())
    return Client(server, mode=mode, elicitation_callback=person)


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured content of a call that went well."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def refusal(client: Client, tool: str, arguments: dict[str, Any]) -> str:
    """The message of a call that was refused."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.structured_content is None
    return text_of(result)


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert content.type == "text"
    return content.text


async def proposed(client: Client, text: str = SQL) -> tuple[str, dict[str, Any]]:
    """A new conversation with a proposal: its id, and the proposal."""
    reply = await call(client, "start_conversation", text=text)
    return reply["id"], reply["proposal"]


async def start(client: Client, id_: str, **more: str) -> dict[str, Any]:
    """The model presses *Start agent chat*."""
    return await call(client, "press_button", conversation_id=id_, action="start", **more)


def page_in(reply: dict[str, Any]) -> str:
    """The address of the page that a reply leads to."""
    assert reply["handoff"] is None
    (button,) = [button for button in reply["buttons"] if button["action"] == "link"]
    assert button["url"] in reply["text"]
    return str(button["url"])
