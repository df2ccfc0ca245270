"""`handoff chat` as a person has it: in a real terminal."""

import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

URL = "https://livechat.acme.com/start-chat?queue_id=71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"
COLOUR = re.compile(r"\x1b\[[0-9;]*m|\x1b\]")
PROMPT = "you> "

Start = Callable[..., pexpect.spawn]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[pexpect.spawn] = []

    def start(*arguments: str, **environment: str) -> pexpect.spawn:
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        process = pexpect.spawn(
            sys.executable,
            ["-m", "agent.cli.main", "chat", *arguments],
            env={**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": str(tmp_path), **environment},
            encoding="utf-8",
            dimensions=(50, 120),
            timeout=30,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.close(force=True)


def says(process: pexpect.spawn, line: str) -> str:
    """Answer the prompt with `line`; returns everything that was shown until the next prompt."""
    process.sendline(line)
    process.expect_exact(PROMPT)
    return str(process.before)


def leave(process: pexpect.spawn) -> int:
    process.expect(pexpect.EOF)
    process.close()
    assert "Traceback" not in process.before
    return int(process.exitstatus)


def test_the_seeds_conversation_by_numbered_buttons(start: Start, tmp_path: Path) -> None:
    process = start("--model", "embedded")
    process.expect_exact(PROMPT)
    assert "no LLM" in process.before
    assert "?" in says(process, "I'd like to speak to a live agent")
    proposed = says(process, "I'm running into a strange issue with a SQL database")
    assert "Determining appropriate live agent queue" in proposed
    assert "Database Support" in proposed
    assert "[1] Start agent chat  [2] Edit / Add details  [3] Other help options" in COLOUR.sub("", proposed)

    process.sendline("2")
    process.expect_exact("summary> ")
    process.send(", it is urgent")
    edited = says(process, "")
    assert "SQL database, it is urgent" in " ".join(edited.split())

    handed_off = says(process, "1")
    assert "\x1b]8;id=" in handed_off
    assert f";{URL}\x1b\\" in handed_off
    assert f"→ {URL}" in re.sub(r"\x1b\[[0-9;]*m|\x1b\].*?\x1b\\", "", handed_off)

    assert "/strat: no such action" in says(process, "/strat")
    assert "/choose QUEUE_ID" in says(process, "/help")
    assert '"phase": "handed_off"' in says(process, "/state")
    process.sendintr()
    assert leave(process) == 0
    history = tmp_path / ".local" / "state" / "handoff" / "history"
    assert "/strat" in history.read_text()
    assert history.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("how", ["Ctrl-D", "/quit"])
def test_leaves_and_comes_back(start: Start, tmp_path: Path, how: str) -> None:
    saved = tmp_path / "chat.json"
    process = start("--model", "embedded", "--save", str(saved))
    process.expect_exact(PROMPT)
    says(process, "my SQL database is slow")
    if how == "Ctrl-D":
        process.sendeof()
    else:
        process.sendline("/quit")
    assert leave(process) == 0

    process = start("--model", "embedded", "--resume", str(saved))
    process.expect_exact(PROMPT)
    assert "Start agent chat" in process.before
    assert URL in says(process, "1")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(start: Start, environment: dict[str, str]) -> None:
    process = start("--model", "embedded", **environment)
    process.expect_exact(PROMPT)
    shown = process.before + says(process, "my SQL database is slow") + says(process, "1")
    assert URL in shown
    assert not COLOUR.search(shown)


def test_nothing_that_was_typed_steers_the_terminal(start: Start) -> None:
    process = start("--model", "embedded", NO_COLOR="1")
    process.expect_exact(PROMPT)
    # Ctrl-V lets readline take the next character as it is.
    shown = says(process, "my SQL database is slow \x16\x1b]0;owned\x16\x07 [red]not markup[/red] :smile:")
    answer = shown.split("\n", 1)[1]
    assert "\x1b]" not in answer
    assert "\x07" not in answer
    assert "[red]not markup[/red] :smile:" in " ".join(answer.split())


def test_ctrl_c_during_a_turn_leaves_at_once_and_keeps_what_was_said(start: Start, tmp_path: Path) -> None:
    saved = tmp_path / "chat.json"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        base_url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        process = start("--model", "any", "--save", str(saved), OPENAI_BASE_URL=base_url, OPENAI_API_KEY="x")
        process.expect_exact(PROMPT)
        process.sendline("my SQL database is slow")
        connection, _ = silent.accept()  # the model has been asked, and will never answer
        with connection:
            process.sendintr()
            assert leave(process) == 0
    assert [message["text"] for message in json.loads(saved.read_text())["messages"]] == [
        "my SQL database is slow"
    ]


def test_a_number_without_a_button_is_not_sent(start: Start) -> None:
    process = start("--model", "embedded", NO_COLOR="1")
    process.expect_exact(PROMPT)
    assert "There is no button 3: there are none at the moment." in says(process, "3")
    says(process, "my SQL database is slow")
    assert "There is no button 7: there are 1 to 3. Nothing was sent." in says(process, "7")
