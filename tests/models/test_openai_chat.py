"""The model over real HTTP: plain and streamed, with tools and as JSON."""

import asyncio
import json
import threading
from typing import Any

import pytest

from agent.errors import ModelAnswerInvalid
from agent.models.base import ChatModel
from agent.models.openai_chat import OpenAIModel
from agent.records.decision import Ask, CreateHandoff, NotForAgents, SearchQueues, SelectQueue
from tests.models.briefings import DATABASE, NETWORK, assistant, briefing, user, view
from tests.models.test_messages import many
from tests.support.openai_answers import Canned, call, calls, content, refusal, text
from tests.support.openai_stub import OpenAIStub, Script, brain

both = pytest.mark.parametrize("stream", [False, True])
ASKED = content({"summary": "", "queue": "unclear", "question": "What is wrong?"})


async def decide(script: Script, *, told: Any = None, **more: Any) -> Any:
    """The decision of a model whose server answers with `script`."""
    with OpenAIStub(script) as stub:
        model: ChatModel = OpenAIModel("test-model", base_url=stub.base_url, api_key="key", **more)
        try:
            return (await model.decide(told or briefing())).decision
        finally:
            await model.close()


@both
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (text("What is wrong?"), Ask(question="What is wrong?")),
        (text("<think>hm</think>What is wrong?"), Ask(question="What is wrong?")),
        (call("ask", question="Which?", between=[DATABASE, NETWORK]), Ask(question="Which?", between=(DATABASE, NETWORK))),
        (call("select_queue", queue_id=DATABASE, summary="Ünïcode 🙂"), SelectQueue(queue_id=DATABASE, summary="Ünïcode 🙂")),
        (calls(("nope", {}), ("create_handoff", "")), CreateHandoff()),
        (call("not_for_agents", reason="weather"), NotForAgents(reason="weather")),
    ],
)  # fmt: skip
async def test_decisions_as_tools(answer: Canned, expected: Any, stream: bool) -> None:
    assert await decide([answer], stream=stream) == expected


@both
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ASKED, Ask(question="What is wrong?")),
        (
            content({"summary": "s", "queue": DATABASE, "question": ""}),
            SelectQueue(queue_id=DATABASE, summary="s"),
        ),
        (content({"summary": "s", "queue": "not_for_agents", "question": ""}), NotForAgents(reason="s")),
    ],
)
async def test_decisions_as_json(answer: Canned, expected: Any, stream: bool) -> None:
    assert await decide([answer], stream=stream, decisions="json") == expected


@both
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (text(""), "empty"),
        (refusal(), "refusal"),
        (text("What is", finish="length"), "cut off"),
        (text("Wh", finish="content_filter"), "cut off"),
        (calls(("select_queue", '{"queue_id": "71f')), "not a JSON object"),
        (calls(("select_queue", "{}")), "needs `queue_id`"),
        (calls(("fly", "{}")), "no such tool"),
    ],
)
async def test_answers_that_are_no_decision(answer: Canned, told: str, stream: bool) -> None:
    with pytest.raises(ModelAnswerInvalid, match=told):
        await decide([answer], stream=stream)


@both
async def test_tokens_are_counted(stream: bool) -> None:
    with OpenAIStub([text("What is wrong?")]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, stream=stream)
        answer = await model.decide(briefing())
        await model.close()
    assert answer.prompt_tokens > 100
    assert answer.completion_tokens == 3


async def test_the_request_is_minimal_and_its_prefix_stable() -> None:
    with OpenAIStub([text("What?"), call("not_for_agents", reason="")]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, api_key="secret-key")
        await model.decide(briefing(user("Hello")))
        await model.decide(briefing(user("Hello"), assistant("What?"), user("SQL"), questions_left=0))
        await model.close()
    first, second = stub.requests
    assert set(first.body) == {"model", "messages", "tools", "parallel_tool_calls", "max_completion_tokens"}
    assert first.body["parallel_tool_calls"] is False
    assert first.headers["authorization"] == "Bearer secret-key"
    assert first.system == second.system
    assert first.body["tools"] == second.body["tools"]
    assert first.tools == ["ask", "select_queue", "create_handoff", "not_for_agents"]
    assert DATABASE in first.system
    assert stub.connections == 1


async def test_json_mode_offers_the_visible_queues_only() -> None:
    with OpenAIStub([ASKED]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, decisions="json")
        await model.decide(briefing())
        await model.close()
    (request,) = stub.requests
    assert "tools" not in request.body
    properties = request.body["response_format"]["json_schema"]["schema"]["properties"]
    assert properties["queue"]["enum"] == ["database_support", "network", "unclear", "not_for_agents"]


async def test_a_large_catalogue_is_searched() -> None:
    with OpenAIStub([call("search_queues", query="printers"), ASKED]) as stub:
        told = briefing(user("system42 fails"), view=view(many(500)))
        model = OpenAIModel("m", base_url=stub.base_url)
        assert (await model.decide(told)).decision == SearchQueues(query="printers")
        await model.close()
        model = OpenAIModel("m", base_url=stub.base_url, decisions="json")
        await model.decide(told)
        await model.close()
    with_tools, as_json = stub.requests
    assert "search_queues" in with_tools.tools
    assert "queue-00042 | Team 42" in with_tools.messages[-1]["content"]
    properties = as_json.body["response_format"]["json_schema"]["schema"]["properties"]
    assert "team_42" in properties["queue"]["enum"]
    assert len(properties["queue"]["enum"]) <= 22


@pytest.mark.parametrize(
    ("answer", "decisions", "kinds"),
    [
        (call("select_queue", queue_id=DATABASE), "tools", ["select_queue"]),
        (text("What is wrong?"), "tools", []),
        (calls(("fly", "{}")), "tools", []),
        (content({"summary": "s", "queue": DATABASE, "question": ""}), "json", ["select_queue"]),
        (ASKED, "json", ["ask"]),
    ],
)
async def test_the_kind_is_known_before_the_answer_is_complete(
    answer: Canned, decisions: Any, kinds: list[str]
) -> None:
    started: list[str] = []
    with OpenAIStub([answer]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, decisions=decisions, stream=True)
        try:
            await model.decide(briefing(), started.append)
        except ModelAnswerInvalid:
            assert not kinds
        await model.close()
    assert started == kinds


async def test_the_kind_comes_early_and_once_though_the_stream_breaks() -> None:
    """A first attempt that is cut off after the tool's name, and a second that is whole."""
    selecting = call("select_queue", queue_id=DATABASE)
    started: list[str] = []
    with OpenAIStub([Canned(calls=selecting.calls, cut=3), selecting]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, stream=True, sleep=_no_sleep)
        answer = await model.decide(briefing(), started.append)
        await model.close()
    assert started == ["select_queue"]
    assert answer.decision == SelectQueue(queue_id=DATABASE)
    assert len(stub.requests) == 2


async def _no_sleep(_: float) -> None:
    return


async def test_a_client_that_is_handed_in_stays_open() -> None:
    from openai import AsyncOpenAI

    with OpenAIStub([text("What?"), text("What?")]) as stub:
        async with AsyncOpenAI(base_url=stub.base_url, api_key="mine", max_retries=5) as client:
            for _ in range(2):
                model = OpenAIModel("m", client=client)
                await model.decide(briefing())
                await model.close()
            assert not client.is_closed()
            assert client.max_retries == 5
    assert [r.headers["authorization"] for r in stub.requests] == ["Bearer mine"] * 2


async def test_a_token_provider_is_asked_before_each_request() -> None:
    tokens = iter(["first", "second"])

    async def token() -> str:
        return next(tokens)

    with OpenAIStub([text("What?"), text("What?")]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, api_key=token)
        await model.decide(briefing())
        await model.decide(briefing())
        await model.close()
    assert [r.headers["authorization"] for r in stub.requests] == ["Bearer first", "Bearer second"]


async def test_the_usual_variables_are_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAIStub([text("What?"), text("What?")]) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.base_url)
        for key in ("from-the-environment", ""):
            monkeypatch.setenv("OPENAI_API_KEY", key)
            model = OpenAIModel("m")
            await model.decide(briefing())
            await model.close()
    assert [r.headers["authorization"] for r in stub.requests] == [
        "Bearer from-the-environment",
        "Bearer none",
    ]


def test_one_model_serves_several_loops_at_once_and_one_after_the_other() -> None:
    with OpenAIStub(lambda _: text("What?")) as stub:
        model = OpenAIModel("m", base_url=stub.base_url)
        other = asyncio.new_event_loop()
        thread = threading.Thread(target=other.run_forever)
        thread.start()

        async def here() -> None:
            there = asyncio.run_coroutine_threadsafe(model.decide(briefing()), other)
            await asyncio.gather(model.decide(briefing()), asyncio.wrap_future(there))
            assert len(model._server._clients._clients) == 2
            await model.close()
            assert model._server._clients._clients == {}

        async def once() -> None:
            await model.decide(briefing())
            assert len(model._server._clients._clients) == 1
            # A loop that ends without close() would leave a socket to the garbage collector.
            with model._server._clients.lend() as client:
                await client.close()

        asyncio.run(here())
        other.call_soon_threadsafe(other.stop)
        thread.join()
        other.close()
        for _ in range(3):
            asyncio.run(once())
    assert len(stub.requests) == 5


async def test_many_at_once() -> None:
    with OpenAIStub(brain) as stub:
        model = OpenAIModel("m", base_url=stub.base_url)
        answers = await asyncio.gather(*(model.decide(briefing(user(f"SQL {n}"))) for n in range(30)))
        await model.close()
    assert [a.decision.summary for a in answers if isinstance(a.decision, SelectQueue)] == [
        f"The user reports: SQL {n}" for n in range(30)
    ]


@pytest.mark.parametrize("decisions", ["tools", "json"])
async def test_the_seeds_conversation(decisions: Any) -> None:
    with OpenAIStub(brain) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, decisions=decisions)
        bare = user("I'd like to speak to a live agent")
        asked = (await model.decide(briefing(bare))).decision
        assert isinstance(asked, Ask)
        chosen = (
            await model.decide(
                briefing(bare, assistant(asked.question), user("strange issue with a SQL database"))
            )
        ).decision
        await model.close()
    assert isinstance(chosen, SelectQueue)
    assert chosen.queue_id == DATABASE
    assert not stub.refused


def test_nothing_heavy_is_loaded_before_the_first_call() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from agent.models.openai_chat import OpenAIModel; OpenAIModel('m');"
        "print([m for m in ('openai', 'tiktoken', 'tenacity', 'httpx2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert json.loads(done.stdout) == []
