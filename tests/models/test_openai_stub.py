"""The stub server itself: it has to be as strict as the real one, or the other tests prove nothing."""

import http.client
import json
from contextlib import closing
from typing import Any

import pytest

from tests.support.openai_answers import Canned, call, text
from tests.support.openai_checks import check
from tests.support.openai_stub import DATABASE_SUPPORT, OpenAIStub, brain

GOOD: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}


def tool(**parameters: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "f", "strict": True, "parameters": parameters}}


def post(stub: OpenAIStub, body: Any, key: str = "k", path: str = "/v1/chat/completions") -> tuple[int, str]:
    host, port = stub.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    headers = {"authorization": f"Bearer {key}"}
    with closing(http.client.HTTPConnection(host, int(port))) as connection:
        connection.request("POST", path, json.dumps(body), headers)
        with connection.getresponse() as response:
            return response.status, response.read().decode()


def test_a_good_request_is_fine() -> None:
    assert check(GOOD) is None


@pytest.mark.parametrize(
    "more",
    [
        {"model": ""},
        {"messages": []},
        {"messages": [{"role": "robot", "content": "Hi"}]},
        {"messages": [{"role": "user", "content": None}]},
        {"temprature": 1},
        {"tools": []},
        {"parallel_tool_calls": False},
        {"stream_options": {"include_usage": True}},
        {"max_completion_tokens": 0},
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a b", "schema": {}}}},
        {"tools": [tool(type="object", properties={}, required=[])]},
        {"tools": [tool(type="object", properties={"a": {"type": "string"}}, required=[], additionalProperties=False)]},
        {"tools": [tool(type="object", properties={"a": {}}, required=["a"], additionalProperties=False)]},
        {"tools": [tool(type="array", items={"type": "string"})]},
    ],
)  # fmt: skip
def test_what_a_strict_server_refuses(more: dict[str, Any]) -> None:
    refused = check({**GOOD, **more})
    assert refused is not None
    assert refused.status == 400


def test_streams_in_the_wire_format() -> None:
    asked = {**GOOD, "stream": True, "stream_options": {"include_usage": True}}
    with OpenAIStub([call("f", a="b c")]) as stub:
        status, raw = post(stub, asked)
    assert status == 200
    *events, done, end = raw.split("\n\n")
    assert (done, end) == ("data: [DONE]", "")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    calls = [c["choices"][0]["delta"].get("tool_calls") for c in chunks[:-1]]
    assert "".join(c[0]["function"]["arguments"] for c in calls if c) == '{"a": "b c"}'
    assert chunks[-2]["choices"][0]["finish_reason"] == "tool_calls"
    assert chunks[-1]["usage"]["total_tokens"] > 0


def test_keys_paths_and_the_end_of_the_script() -> None:
    with OpenAIStub([text("Hi")], key="right") as stub:
        assert post(stub, GOOD, "wrong")[0] == 401
        assert post(stub, GOOD, "right", "/v1/elsewhere")[0] == 404
        assert post(stub, GOOD, "right")[0] == 200
        assert post(stub, GOOD, "right")[0] == 400
    assert len(stub.refused) == 3


def test_a_cut_breaks_the_connection() -> None:
    with OpenAIStub([Canned(text="Hi", cut=10)]) as stub, pytest.raises(http.client.IncompleteRead):
        post(stub, GOOD)


def test_the_brain_plays_the_seeds_conversation() -> None:
    def ask(said: str) -> str:
        tools = [tool(type="object", properties={}, required=[], additionalProperties=False)]
        with OpenAIStub(brain) as stub:
            return post(stub, {**GOOD, "messages": [{"role": "user", "content": said}], "tools": tools})[1]

    assert "?" in ask("I'd like to speak to a live agent")
    assert DATABASE_SUPPORT in ask("strange issue with a SQL database")
