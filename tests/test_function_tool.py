"""The agent as a tool of another agent: the examples against servers that speak OpenAI's two protocols."""

from typing import Any

import pytest

from agent import HandoffAgent, tool
from agent.data import example_path
from agent.errors import StoreError
from agent.stores.memory import MemoryStore
from tests.support import openai_answers, responses_stub
from tests.support.openai_checks import schema
from tests.support.openai_stub import OpenAIStub
from tests.support.responses_stub import ResponsesStub
from tests.test_examples import run

SAID = "my SQL database is slow, get me a human\nyes, go ahead\n\n"


def script(made: Any) -> list[Any]:
    """A model that passes on the person's words, and their yes."""
    return [
        made.call(tool.NAME, message="my SQL database is slow"),
        made.text("The desk suggests Database Support. Shall I?"),
        made.call(tool.NAME, message="yes"),
        made.text("Please press the button."),
    ]


def check(printed: str, said: str, yes: str) -> None:
    assert "queue_id = 71f1cbd2" in said
    assert "Nothing has been sent yet" in yes
    lines = printed.splitlines()
    assert "[Start agent chat] for Database Support: press Enter" in lines
    assert lines[-1].startswith("person presses the button: https://livechat.acme.com/")
    assert printed.count("https://livechat.acme.com/") == 1


@pytest.mark.parametrize("example", ["function_tool.py", "function_tool_agents_sdk.py"])
def test_over_chat_completions_the_other_models_yes_is_none(example: str) -> None:
    with OpenAIStub(script(openai_answers)) as stub:
        # With a key the Agents SDK would send its traces away, and complain where it cannot.
        environ = {"OPENAI_BASE_URL": stub.base_url, "OPENAI_API_KEY": "sk-0123456789abcdef"}
        printed = run(example, "other-model", said=SAID, **environ)
    assert not stub.refused
    tools = [tool.for_chat_completions()]
    assert all(request.body["tools"] == tools for request in stub.requests)
    check(printed, stub.requests[1].messages[-1]["content"], stub.requests[3].messages[-1]["content"])


def test_over_responses_too() -> None:
    with ResponsesStub(script(responses_stub)) as stub:
        printed = run("function_tool_responses.py", "other-model", said=SAID, OPENAI_BASE_URL=stub.base_url)
    check(printed, stub.requests[1]["input"][-1]["output"], stub.requests[3]["input"][-1]["output"])


def test_the_parameters_are_good_for_strict_mode() -> None:
    schema(tool.parameters(), "parameters")


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"message": 5}',
        '{"message": "x", "relayed": false}',
        '{"message": "\\ud83d"}',
    ],
)
async def test_whatever_a_model_writes_it_is_told_what_is_right(arguments: str) -> None:
    async with HandoffAgent.from_file(example_path()) as agent:
        desk = agent.start()
        output, reply = await tool.called(desk, arguments)
    assert reply is None
    assert '{"message": "…"}' in output
    assert desk.conversation.messages == ()


async def test_a_store_that_is_down_is_told() -> None:
    class Down(MemoryStore):
        async def save(self, *_: Any, **__: Any) -> bool:
            raise StoreError("the disk /secret is full")

    async with HandoffAgent.from_file(example_path(), store=Down()) as agent:
        output, reply = await tool.called(agent.start(), '{"message": "SQL hangs"}')
    assert reply is None
    assert "Nothing was sent" in output
    assert "secret" not in output
