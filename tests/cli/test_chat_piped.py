"""`handoff chat` with a pipe: one line, one turn."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from agent.cli.main import main
from agent.renderers.purple_chat import read_link

DATABASE = "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"
URL = f"https://livechat.acme.com/start-chat?queue_id={DATABASE}"
SEED = ["I'd like to speak to a live agent", "I'm running into a strange issue with a SQL database", "/start"]
UNSET = dict.fromkeys([name for name in os.environ if name.startswith(("HANDOFF_", "OPENAI_"))])


def chat(*arguments: str, lines: list[str] | bytes = b"", model: str | None = "embedded") -> Result:
    given = lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode()
    environment = {**UNSET, "HANDOFF_MODEL": model}
    return CliRunner(env=environment).invoke(main, ["chat", *arguments], input=given)


def events(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_seeds_conversation_as_text() -> None:
    result = chat(lines=SEED)
    assert (result.exit_code, result.stderr) == (0, "")
    asked, proposed, handed_off = result.stdout.strip().split("\n\n")
    assert "?" in asked
    assert "✓ Determining appropriate live agent queue" in proposed
    assert "[Start agent chat]  [Edit / Add details]  [Other help options]" in proposed
    assert handed_off.splitlines()[0] == f"✓ Taking you to {URL}"
    assert URL in handed_off.splitlines()[1:]
    assert "\x1b" not in result.output


def test_the_seeds_conversation_as_json() -> None:
    found = events(chat("--json", lines=SEED))
    turns = [event for event in found if event["type"] == "turn_end"]
    assert [turn["phase"] for turn in turns] == ["gathering", "proposed", "handed_off"]
    assert found[-1] == turns[-1]
    assert turns[-1]["model_calls"] == 0
    (proposal,) = (event for event in found if event["type"] == "proposal")
    assert proposal["queue_id"] == DATABASE
    assert {"type": "handoff", "url": URL, "queue_id": DATABASE} in found


@pytest.mark.parametrize("line", ["/strat", "/choose", "/start now", "/state", "/help"])
def test_a_bad_action_is_an_error_event_and_the_chat_goes_on(line: str) -> None:
    found = events(chat("--json", lines=[line, "my SQL database is slow"]))
    assert [event["type"] for event in found[:2]] == ["error", "turn_end"]
    assert found[1] == {"type": "turn_end", "phase": "gathering", "model_calls": 0}
    assert found[-1]["phase"] == "proposed"


def test_every_line_is_a_turn_until_quit() -> None:
    found = events(chat("--json", lines=["", "   ", "/cancel", "/quit", "hello"]))
    assert [event["type"] for event in found].count("turn_end") == 3
    assert [event["text"] for event in found if event["type"] == "text"][:2] == [
        "I did not get any text. What can I help you with?"
    ] * 2


def test_what_is_no_utf8_is_replaced() -> None:
    found = events(chat("--json", lines=b"\xef\xbb\xbfmy SQL \xff\xfe database hangs\r\n"))
    (proposal,) = (event for event in found if event["type"] == "proposal")
    assert proposal["summary"] == "my SQL �� database hangs"


def test_escape_sequences_never_reach_the_output() -> None:
    result = chat(lines=["my SQL database \x1b]0;owned\x07 is \x1b[31mslow\u202e", "/state"])
    assert result.exit_code == 0
    assert not set(result.output) & {"\x1b", "\x07", "\u202e"}


def test_state_shows_the_document() -> None:
    result = chat(lines=["/state"])
    assert json.loads(result.stdout)["phase"] == "gathering"


def test_save_and_resume_go_on_where_it_was(tmp_path: Path) -> None:
    saved = tmp_path / "chat.json"
    chat("--save", str(saved), "--name", "Ada", "--attribute", "region=EU", lines=SEED[:2])
    document = json.loads(saved.read_text())
    assert document["phase"] == "proposed"
    assert document["user"]["name"] == "Ada"
    assert document["user"]["attributes"] == {"region": ["EU"]}
    assert saved.stat().st_mode & 0o777 == 0o600
    result = chat("--resume", str(saved), "--save", str(saved), lines=["/start"])
    again, handed_off = result.stdout.strip().split("\n\n")
    assert "[Start agent chat]" in again
    assert URL in handed_off
    assert json.loads(saved.read_text())["phase"] == "handed_off"


def test_json_does_not_say_again_what_was_said_before(tmp_path: Path) -> None:
    saved = tmp_path / "chat.json"
    chat("--save", str(saved), lines=SEED)
    assert events(chat("--json", "--resume", str(saved))) == []


def test_export_prints_the_conversation_and_its_link(tmp_path: Path) -> None:
    saved = tmp_path / "chat.json"
    result = chat("--export", "purple-chat", "--save", str(saved), lines=SEED)
    assert result.exit_code == 0
    assert "Start agent chat" in result.stderr
    written, link = result.stdout.splitlines()
    assert read_link(link).to_json() == written
    messages = json.loads(written)["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant"] * 3
    assert messages[4]["parts"] == [{"richText": '<p><em>Presses "Start agent chat" button</em></p>'}]
    assert [button["style"] for button in messages[3]["parts"][-1]["buttons"]] == [
        "filled",
        "outlined",
        "outlined",
    ]
    assert messages[5]["parts"][0]["reasoningSteps"] == [
        {"richText": f"<p><em>Taking you to {URL}</em></p>", "status": "success"}
    ]
    converted = chat("--export", "purple-chat", "--resume", str(saved))
    assert converted.stdout == result.stdout


def test_attributes_with_one_key_are_a_list(tmp_path: Path) -> None:
    saved = tmp_path / "chat.json"
    chat("--save", str(saved), "--attribute", "region=EU", "--attribute", "region=US")
    assert json.loads(saved.read_text())["user"]["attributes"] == {"region": ["EU", "US"]}


def test_without_a_model_there_is_one_hint() -> None:
    result = chat(model=None, lines=["hello", "hello"])
    assert result.exit_code == 0
    (hint,) = result.stderr.splitlines()
    assert "HANDOFF_MODEL" in hint


def test_a_dead_server_still_gives_a_proposal_and_tells_the_operator_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]  # free again, and nobody listens there
    environment = {**UNSET, "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "HANDOFF_TIMEOUT": "1"}
    result = CliRunner(env=environment).invoke(
        main, ["chat", "--model", "any"], input="my SQL database is slow\nit is really slow\n"
    )
    assert result.exit_code == 0
    assert "[Start agent chat]" in result.stdout
    assert 1 <= len(result.stderr.splitlines()) == len(set(result.stderr.splitlines()))
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--queues", "/nowhere/queues.yaml"], "/nowhere/queues.yaml"),
        (["--resume", "/nowhere/chat.json"], "--resume /nowhere/chat.json"),
        (["--save", "/nowhere/chat.json"], "--save"),
        (["--save", "/dev/null"], "--save /dev/null"),
        (["--attribute", "region"], "KEY=VALUE"),
        (["--attribute", "=EU"], "KEY=VALUE"),
        (["--json", "--export", "purple-chat"], "--json and --export"),
        (["--resume", "chat.json", "--name", "Ada"], "--resume brings its person along"),
        (["--export", "pdf"], "purple-chat"),
    ],
)
def test_wrong_usage_ends_with_one_message(arguments: list[str], message: str) -> None:
    result = chat(*arguments, lines=["hello"])
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', "\0"])
def test_a_file_that_is_no_conversation_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "chat.json"
    path.write_text(text)
    result = chat("--resume", str(path), "--save", str(path), lines=["hello"])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert path.read_text() == text


def test_a_disk_that_fills_up_does_not_end_the_chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 1:  # the file can be written at the start, and then no more
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = chat("--save", str(tmp_path / "chat.json"), lines=SEED)
    assert result.exit_code == 1
    assert URL in result.stdout
    assert result.stderr.count("No space left on device") == 1


def start(*arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name not in UNSET}
    command = [sys.executable, "-m", "agent.cli.main", "chat", "--model", "embedded", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment)  # noqa: S603


def test_each_turn_is_answered_before_the_next_line_comes() -> None:
    with start("--json") as process:
        assert process.stdin
        assert process.stdout
        for line in SEED:
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            while json.loads(process.stdout.readline())["type"] != "turn_end":
                pass
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "")


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    with start() as process:
        assert process.stdout
        process.stdout.close()
        process.stdout = None
        _, errors = process.communicate("hello\n" * 20, timeout=30)
    assert errors == ""


def test_an_older_conversation_is_put_aside(tmp_path: Path) -> None:
    saved = tmp_path / "chat.json"
    chat("--save", str(saved), lines=["my SQL database is slow"])
    older = saved.read_text()
    result = chat("--save", str(saved), lines=["hello"])
    assert "held another conversation, which is now in chat.json.bak" in result.stderr
    assert (tmp_path / "chat.json.bak").read_text() == older
    again = chat("--resume", str(saved), "--save", str(saved), lines=["hello"])
    assert "another conversation" not in again.stderr
    assert (tmp_path / "chat.json.bak").read_text() == older
