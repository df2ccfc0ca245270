"""`handoff prompt` prints what the model is asked, byte for byte what the server then gets."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from agent.cli.main import main
from tests.support import small
from tests.support.openai_stub import OpenAIStub, brain

SECRET = "my SQL database rejects the password: hunter2 \u202e\x9b31m"


def handoff(*arguments: str, said: str = "", **environ: str) -> Result:
    return CliRunner(env=environ).invoke(main, arguments, input=said)


def queues_in(folder: Path) -> tuple[str, str]:
    small.catalogue(folder)
    return "--queues", str(folder / "queues.yaml")


@pytest.mark.parametrize(("decisions", "redact"), [("tools", "passwords,tokens"), ("json", "")])
def test_it_is_what_the_server_gets(decisions: str, redact: str, tmp_path: Path) -> None:
    queues = queues_in(tmp_path)
    saved = str(tmp_path / "chat.json")
    environ = {"HANDOFF_MODEL": "m", "HANDOFF_DECISIONS": decisions, "HANDOFF_REDACT": redact}
    with OpenAIStub(brain) as stub:
        served = {**environ, "OPENAI_BASE_URL": stub.base_url}
        assert handoff("chat", *queues, "--save", saved, said="I need an agent\n", **served).exit_code == 0
        again = (*queues, "--resume", saved)
        printed = handoff("prompt", SECRET, *again, **environ)  # before, and without a server
        assert printed.exit_code == 0, printed.output
        assert handoff("chat", *again, said=f"{SECRET}\n", **served).exit_code == 0
        sent: dict[str, Any] = stub.requests[1].body  # behind that of the first message
    assert json.loads(printed.stdout) == sent
    assert ("hunter2" in printed.stdout) == (not redact)
    assert "I need an agent" in printed.stdout
    assert not any(character in printed.stdout for character in "\u202e\x9b")
    assert json.loads(Path(saved).read_text("utf-8"))["phase"] == "gathering"  # nothing was changed


def test_nothing_is_printed_where_no_model_is_asked() -> None:
    result = handoff("prompt", "never mind", "--model", "m")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "handoff: code answers this by itself: no model is asked\n"


def test_the_embedded_model_is_sent_nothing(tmp_path: Path) -> None:
    result = handoff("prompt", "hello")
    assert result.exit_code == 2
    assert "is sent nothing: name another one with --model" in result.stderr
    result = handoff("prompt", "hello", "--model", "m", "--resume", str(tmp_path / "none.json"))
    assert result.exit_code == 2
    assert "give a file that --save wrote" in result.stderr


def test_a_hidden_queue_is_shown_only_for_who_sees_it(tmp_path: Path) -> None:
    asked = ("prompt", "hello", "--model", "m", *queues_in(tmp_path))
    assert small.CANARY in handoff(*asked, "--attribute", "region=EU").stdout
    assert small.CANARY not in handoff(*asked).stdout
