"""What docs/http.md says is so, and its examples run as they stand."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx2

from agent.server.examples import PROBLEMS
from agent.server.settings import Algorithm, ServerSettings
from agent.server.tokens import Tokens

from .setting import SECRET, Serving, with_tokens

ROOT = Path(__file__).parents[2]
TEXT = ROOT.joinpath("docs", "http.md").read_text("utf-8")


def run(client: httpx2.Client, command: str, **variables: str) -> httpx2.Response:
    """Do what a curl command says."""
    for name, value in variables.items():
        command = command.replace(f"${name}", value)
    words = shlex.split(command)
    assert words.pop(0) == "curl"
    method, url, headers, data = None, "", {}, None
    while words:
        match words.pop(0):
            case "-s" | "-sN":
                pass
            case "-H":
                name, value = words.pop(0).split(": ", 1)
                headers[name] = value
            case "-d":
                data = words.pop(0)
            case "-X":
                method = words.pop(0)
            case address:
                assert not address.startswith("-"), address
                url = address
    return client.request(method or ("POST" if data else "GET"), url, headers=headers, content=data)


def test_the_examples(server: Serving) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", "")
    commands = [line for line in lines.splitlines() if line.startswith("curl")]
    assert len(commands) == 6
    answers: list[Any] = []
    id_ = ""
    with server.client() as client:
        for command in commands:
            answer = run(client, command, URL=server.url, ID=id_)
            assert answer.status_code in (200, 201, 204), answer.text
            answers.append(answer)
            id_ = id_ or answer.json()["id"]
    started, said, pressed, read, deleted, told = answers
    shown = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert shown
    assert started.json().keys() >= set(re.findall(r'^ ?\{?"(\w+)":', shown[1], re.MULTILINE))
    assert said.json()["phase"] == "proposed"
    assert pressed.json()["handoff"]["url"].startswith("https://")
    assert read.json()["reply"] == pressed.json()
    assert deleted.content == b""
    assert told.text.startswith('event: conversation\ndata: {"type":"conversation","id":')


def test_the_token() -> None:
    block = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert block
    made: dict[str, Any] = {"SECRET": SECRET}
    exec(block[1], made)  # noqa: S102 — our own documentation
    user = Tokens(with_tokens()).read(made["token"])
    assert (user.id, user.tenant, user.attributes) == ("u-17", "acme", {"region": "EU"})


def test_every_setting_algorithm_and_problem_is_named() -> None:
    for name in ServerSettings.model_fields:
        assert f"`HANDOFF_{name.upper()}`" in TEXT
    for algorithm in Algorithm.__args__:  # type: ignore[attr-defined]  # a Literal
        assert algorithm in TEXT
    code = "".join(path.read_text("utf-8") for path in ROOT.joinpath("agent", "server").glob("*.py"))
    kinds = set(re.findall(r'Problem\(\s*\d{3},\s*"([a-z-]+)"', code))
    assert len(kinds) > 10
    for kind in kinds:
        assert f"`{kind}`" in TEXT, kind
    for status in PROBLEMS:
        assert str(status) in TEXT


def test_the_reply_in_the_examples_is_json() -> None:
    for block in re.findall(r"-d '(\{.*?\})'", TEXT):
        json.loads(block)
