"""The seed's conversation over a real OpenAI-compatible server on loopback."""

import json

import pytest

from agent import HandoffAgent
from agent.data import example_path
from agent.models.messages import Decisions
from agent.models.openai_chat import OpenAIModel
from tests.support.openai_answers import call, content, failure, text
from tests.support.openai_stub import DATABASE_SUPPORT, OpenAIStub, brain

_EU_PAYROLL = "b3d81f65-2c7e-4a90-96e4-7d15f0c8a23b"  # hidden from most
URL = f"https://livechat.acme.com/start-chat?queue_id={DATABASE_SUPPORT}"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("decisions", ["tools", "json"])
async def test_the_seed_comes_out(stream: bool, decisions: Decisions) -> None:
    with OpenAIStub(brain) as stub:
        model = OpenAIModel("gpt-5-mini", base_url=stub.base_url, decisions=decisions, stream=stream)
        async with HandoffAgent.from_file(example_path(), model=model) as agent:
            chat = agent.start()
            asked = await chat.send("I'd like to speak to a live agent")
            assert asked.phase == "gathering"
            assert asked.text.endswith("?")
            events = [e async for e in chat.stream("I'm running into a strange issue with a SQL database.")]
            steps = [(e.text, e.status) for e in events if e.type == "step"]
            assert steps == [
                ("Determining appropriate live agent queue", "pending"),
                ("Determining appropriate live agent queue", "success"),
            ]
            done = await chat.press("start")
            assert done.handoff
            assert done.handoff.url == URL
        assert len(stub.requests) == 2
        assert not stub.refused
        first, second = (json.dumps(request.messages[0]) for request in stub.requests)
        assert first == second  # the stable prefix


async def test_a_dead_server_still_gives_a_proposal(caplog: pytest.LogCaptureFixture) -> None:
    with OpenAIStub([failure(401, "bad key sk-secret", code="invalid_api_key")]) as stub:
        model = OpenAIModel("gpt-5-mini", base_url=stub.base_url, api_key="sk-secret")
        async with HandoffAgent.from_file(example_path(), model=model) as agent:
            reply = await agent.start().send("my SQL database is slow")
    assert reply.proposal
    assert reply.proposal.queue_id == DATABASE_SUPPORT
    assert [record.getMessage() for record in caplog.records] == [
        "model gpt-5-mini: the server refused the key (401): check OPENAI_API_KEY"
    ]


async def test_a_claim_is_repaired_over_the_wire() -> None:
    answers = [
        text("I have connected you to an agent."),
        call(
            "select_queue",
            queue_id=DATABASE_SUPPORT,
            summary="s",
            reason="r",
            second_issue=None,
            second_queue_id=None,
        ),
    ]
    with OpenAIStub(answers) as stub:
        model = OpenAIModel("gpt-5-mini", base_url=stub.base_url)
        async with HandoffAgent.from_file(example_path(), model=model) as agent:
            reply = await agent.start().send("my SQL database is slow")
        assert reply.proposal
        assert "connected you" not in reply.text
        assert "was not shown" in stub.requests[1].messages[-1]["content"]


async def test_in_json_a_queue_is_chosen_by_its_handle() -> None:
    chosen = content(
        {"summary": "SQL is slow.", "queue": "database_support", "question": "", "second_issue": ""}
    )
    with OpenAIStub([chosen]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, decisions="json")
        async with HandoffAgent.from_file(example_path(), model=model) as agent:
            reply = await agent.start().send("my SQL database is slow")
    assert reply.proposal
    assert reply.proposal.queue_id == DATABASE_SUPPORT


@pytest.mark.parametrize(
    "queue", ["unheard_of", "eu_payroll_systems", _EU_PAYROLL, "Database Support", "../start"]
)
async def test_in_json_what_is_no_queue_of_this_person_is_repaired_once(queue: str) -> None:
    odd = content({"summary": "s", "queue": queue, "question": "", "second_issue": ""})
    with OpenAIStub([odd, odd]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, decisions="json")
        async with HandoffAgent.from_file(example_path(), model=model) as agent:
            reply = await agent.start().send("my SQL database is slow")
        corrected = stub.requests[1].messages[-1]["content"]
    assert f'There is no queue "{queue}"' in corrected
    assert reply.proposal
    assert reply.proposal.queue_id == DATABASE_SUPPORT  # the embedded engine's
