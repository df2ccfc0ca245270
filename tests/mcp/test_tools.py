"""What the tools take and answer, and what becomes of a model that calls them with anything at all."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError

from agent.records.reply import Reply
from tests.mcp.setting import (
    HIDDEN,
    MODES,
    TOOLS,
    Mode,
    call,
    catalogue,
    over_http,
    over_stdio,
    proposed,
    refusal,
    start,
    text_of,
)


@pytest.mark.parametrize("mode", MODES)
async def test_each_says_what_it_takes_and_answers(url: str, mode: Mode) -> None:
    async with over_http(url, mode) as client:
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == TOOLS
    for tool in tools:
        assert tool.description
        assert tool.input_schema["additionalProperties"] is False
        assert all(field["description"] for field in tool.input_schema["properties"].values())
    assert tools[0].output_schema == Reply.model_json_schema(mode="serialization")


@pytest.mark.parametrize("mode", MODES)
async def test_the_reply_comes_as_structured_content_and_as_text(url: str, mode: Mode) -> None:
    async with over_http(url, mode) as client:
        result = await client.call_tool("start_conversation", {"text": "I need a human"})
        asked = Reply.model_validate(result.structured_content)
        assert asked.phase == "gathering"
        assert text_of(result).startswith(asked.text)
        said = {"conversation_id": asked.id, "text": "my SQL database is slow, every query hangs"}
        shown = await client.call_tool("send_message", said)
        reply = Reply.model_validate(shown.structured_content)
    assert reply.proposal
    assert reply.proposal.queue_id == "db"
    for part in ("[Start agent chat] action=start", "[Other help options] action=other", reply.id):
        assert part in text_of(shown)  # a model that sees the text alone can go on


async def test_a_conversation_begins_without_words_too(url: str) -> None:
    async with over_http(url) as client:
        hello = await call(client, "start_conversation")
        reply = await call(client, "send_message", conversation_id=hello["id"], text="SQL queries hang")
    assert "?" in hello["text"]
    assert reply["proposal"]["queue_id"] == "db"


async def test_the_buttons(url: str) -> None:
    async with over_http(url) as client:
        id_, _ = await proposed(client)
        press = {"conversation_id": id_}
        other = await call(client, "press_button", action="other", **press)
        assert [button for button in other["buttons"] if button["action"] == "choose"]
        chosen = await call(client, "press_button", action="choose", queue_id="desk", **press)
        assert chosen["proposal"]["queue_id"] == "desk"
        edited = await call(client, "press_button", action="edit", text="It is SQL Server 2019", **press)
        assert edited["proposal"]["summary"] == "It is SQL Server 2019"
        cancelled = await call(client, "press_button", action="cancel", **press)
        assert cancelled["phase"] == "closed"


async def test_what_a_person_may_not_see_is_nowhere(url: str) -> None:
    async with over_http(url) as client:
        listed = await client.call_tool("list_queues", {})
        searched = await client.call_tool("list_queues", {"search": f"{HIDDEN} payslip"})
        id_, _ = await proposed(client, f"My {HIDDEN} payslip is wrong")
        chosen = await call(client, "press_button", conversation_id=id_, action="choose", queue_id="eu")
    assert isinstance(listed.structured_content, dict)
    assert [queue["id"] for queue in listed.structured_content["queues"]] == ["desk", "db"]
    assert HIDDEN not in text_of(listed) + text_of(searched)
    assert chosen["proposal"] is None or chosen["proposal"]["queue_id"] != "eu"


async def test_who_has_the_attribute_sees_it(tmp_path: Path) -> None:
    async with over_stdio("--queues", catalogue(tmp_path), "--attribute", "region=EU") as client:
        found = await call(client, "list_queues", search="payslip")
    assert found["queues"][0]["id"] == "eu"


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("start_conversation", {"text": 5}, "text: input should be a valid string"),
    ("start_conversation", {"text": ["a"]}, "text: input should be a valid string"),
    (
        "start_conversation",
        {"user": {"email": "ceo@acme.com"}},
        "start_conversation takes no 'user', but text",
    ),
    ("start_conversation", {"text": "hi", "attributes": {"region": "EU"}}, "takes no 'attributes'"),
    ("send_message", {}, "conversation_id: field required; text: field required"),
    ("send_message", {"conversation_id": "x" * 201, "text": ""}, "should have at most 200 characters"),
    ("send_message", {"conversation_id": "0" * 32, "text": "x"}, "conversation_id: there is no such"),
    (
        "send_message",
        {"conversation_id": "handoff:confirm:x", "text": "x"},
        "conversation_id: there is no such",
    ),
    ("press_button", {"conversation_id": "\0", "action": "start"}, "conversation_id: there is no such"),
    ("press_button", {"conversation_id": "x", "action": "create_handoff"}, "action: input should be 'start'"),
    ("press_button", {"conversation_id": "x", "action": "start", "relayed": False}, "takes no 'relayed'"),
    ("list_queues", {"search": "x" * 1001}, "search: string should have at most 1000 characters"),
    ("create_handoff", {}, "there is no tool 'create_handoff': use start_conversation, "),
]


async def test_a_mistake_gets_one_message(url: str) -> None:
    async with over_http(url) as client:
        for tool, arguments, says in BAD:
            told = await refusal(client, tool, arguments)
            assert says in told
            assert "\n" not in told
            assert "ceo@acme.com" not in told  # nothing of what was handed in


async def test_a_text_that_is_too_long_gets_a_reply(url: str) -> None:
    async with over_http(url) as client:
        reply = await call(client, "start_conversation", text="x" * 16_001)
        assert "16001 characters" in reply["text"]
        assert (await call(client, "send_message", conversation_id=reply["id"], text="SQL hangs"))["proposal"]


async def test_a_request_beyond_all_bounds_is_not_read(url: str) -> None:
    async with over_http(url) as client:
        with pytest.raises(MCPError):
            await client.call_tool("start_conversation", {"text": "x" * 1_000_000})
        assert (await call(client, "list_queues"))["queues"]


@pytest.mark.parametrize("mode", MODES)
async def test_several_calls_at_once(url: str, mode: Mode) -> None:
    async with over_http(url, mode) as client:
        begun = await asyncio.gather(*(proposed(client) for _ in range(5)))
        assert len({id_ for id_, _ in begun}) == 5
        id_ = begun[0][0]
        said = [f"and the backup number {number} fails" for number in range(2)]
        await asyncio.gather(*(call(client, "send_message", conversation_id=id_, text=text) for text in said))
        reply = await start(client, id_)
    assert all(text.removeprefix("and ") in reply["proposal"]["summary"] for text in said)
