"""The examples run as they stand."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.openai_answers import call, text
from tests.support.openai_stub import OpenAIStub

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name: str, *arguments: str, said: str = "", **environment: str) -> str:
    result = subprocess.run(  # noqa: S603  # our own examples
        [sys.executable, str(EXAMPLES / name), *arguments],
        input=said,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_embed() -> None:
    printed = run("embed.py")
    assert (
        "Open https://livechat.acme.com/start-chat?queue_id=71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee" in printed
    )


def test_resume() -> None:
    printed = run("resume.py").splitlines()
    assert printed[0].startswith("from the store: https://livechat.acme.com/start-chat?queue_id=")
    assert printed[1].startswith("from the document: https://livechat.acme.com/start-chat?queue_id=71f1cbd2")


def test_function_tool_where_the_other_models_yes_is_none() -> None:
    other = [
        call("talk_to_live_agent_desk", message="my SQL database is slow"),
        text("The desk suggests Database Support. Shall I?"),
        call("talk_to_live_agent_desk", message="yes"),
        text("Please press the button."),
    ]
    with OpenAIStub(other) as stub:
        printed = run(
            "function_tool.py",
            "other-model",
            said="my SQL database is slow, get me a human\nyes, go ahead\n\n",
            OPENAI_BASE_URL=stub.base_url,
        )
    said, yes, pressed = stub.requests[1], stub.requests[3], printed.splitlines()[-1]
    assert "queue_id = 71f1cbd2" in said.messages[-1]["content"]
    assert "Nothing has been sent yet" in yes.messages[-1]["content"]
    assert "person presses the button: https://livechat.acme.com/" in pressed
    assert printed.count("https://livechat.acme.com/") == 1
