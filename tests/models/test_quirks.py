"""Servers that refuse a parameter: they are asked once, remembered, and asked without it from then on."""

from collections.abc import Callable
from typing import Any

import pytest

from agent.errors import ModelRejected
from agent.models.openai_chat import OpenAIModel
from tests.models.briefings import briefing
from tests.support.openai_answers import Canned, body, content, failure, text, unsupported
from tests.support.openai_stub import OpenAIStub, Request

FINE = text("What is wrong?")
JSON = content({"summary": "", "queue": "unclear", "question": "What is wrong?"})


async def ask_twice(script: Callable[[Request], Canned], **more: Any) -> list[Request]:
    with OpenAIStub(script) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, attempts=1, **more)
        for _ in range(2):
            await model.decide(briefing(questions_left=0))
        await model.close()
        assert not stub.refused
        return stub.requests


@pytest.mark.parametrize("name", ["parallel_tool_calls", "stream_options", "max_completion_tokens"])
async def test_a_refused_parameter_is_dropped_once_and_remembered(name: str) -> None:
    requests = await ask_twice(lambda r: unsupported(name) if name in r.body else FINE, stream=True)
    assert [name in request.body for request in requests] == [True, False, False]


async def test_several_are_dropped_one_after_the_other() -> None:
    refused = ["max_completion_tokens", "parallel_tool_calls"]

    def picky(request: Request) -> Canned:
        named = next((name for name in refused if name in request.body), None)
        return unsupported(named) if named else FINE

    assert len(await ask_twice(picky)) == 4


async def test_a_parameter_is_known_from_the_message_alone() -> None:
    said = '{"object": "error", "message": "Extra inputs are not permitted: parallel_tool_calls"}'
    requests = await ask_twice(
        lambda r: body(said, status=422) if "parallel_tool_calls" in r.body else FINE,
    )
    assert len(requests) == 3


async def test_strict_is_dropped_from_every_tool() -> None:
    def old(request: Request) -> Canned:
        strict = any("strict" in tool["function"] for tool in request.body["tools"])
        return failure(400, "Unknown parameter: 'tools[0].function.strict'.") if strict else FINE

    requests = await ask_twice(old)
    assert len(requests) == 3
    assert requests[-1].tools == requests[0].tools


async def test_a_schema_becomes_a_json_object_and_then_nothing() -> None:
    def no_schema(request: Request) -> Canned:
        kind = request.body.get("response_format", {}).get("type")
        return (
            failure(400, "response_format: json_schema is not supported") if kind == "json_schema" else JSON
        )

    requests = await ask_twice(no_schema, decisions="json")
    assert [r.body["response_format"]["type"] for r in requests] == [
        "json_schema",
        "json_object",
        "json_object",
    ]

    requests = await ask_twice(
        lambda r: unsupported("response_format") if "response_format" in r.body else JSON, decisions="json"
    )
    assert ["response_format" in r.body for r in requests] == [True, True, False, False]


async def test_a_temperature_that_is_refused_is_left_out() -> None:
    def fixed(request: Request) -> Canned:
        said = "Unsupported value: 'temperature' does not support 0 with this model."
        return failure(400, said, param="temperature") if "temperature" in request.body else JSON

    requests = await ask_twice(fixed, decisions="json")
    assert ["temperature" in r.body for r in requests] == [True, False, False]
    assert all("json_schema" in r.body["response_format"] for r in requests)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "System message must be at the beginning."),
        (400, "Only the first message can have the role system"),
        (500, "Conversation roles must alternate user/assistant/user/assistant/..."),
        (400, "Unexpected role 'system' after role 'user'"),
    ],
)
async def test_a_template_that_wants_the_system_message_first(status: int, said: str) -> None:
    def picky(request: Request) -> Canned:
        roles = [message["role"] for message in request.messages]
        return failure(status, said) if "system" in roles[1:] else FINE

    requests = await ask_twice(picky)
    assert len(requests) == 3
    assert "not ask again" in requests[1].system


async def test_what_cannot_be_dropped_is_an_error_at_once() -> None:
    for answer in (unsupported("tools"), failure(400, "Unsupported parameter", param="model")):
        with OpenAIStub([answer, FINE]) as stub:
            model = OpenAIModel("m", base_url=stub.base_url)
            with pytest.raises(ModelRejected, match="400"):
                await model.decide(briefing())
            await model.close()
            assert len(stub.requests) == 1


async def test_the_same_refusal_again_is_an_error() -> None:
    with OpenAIStub(lambda _: unsupported("parallel_tool_calls")) as stub:
        model = OpenAIModel("m", base_url=stub.base_url)
        with pytest.raises(ModelRejected, match="parallel_tool_calls"):
            await model.decide(briefing())
        await model.close()
    assert len(stub.requests) == 2
