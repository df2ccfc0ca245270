"""One trace from a message to the URL: which spans there are, what they say, and what they are linked to."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent import HandoffAgent
from agent.catalogue.schema import Catalogue
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from agent.stores.sqlite import SQLiteStore
from agent.telemetry.asgi import TracedRequests
from tests.support import small
from tests.support.appliance import running_appliance
from tests.support.openai_answers import call
from tests.support.openai_stub import OpenAIStub
from tests.support.waiting import Waiting
from tests.targets.beyondtrust import setting

if TYPE_CHECKING:
    from tests.telemetry.watching import Watched

TURN, OPEN, LOAD, SAVE = "handoff.turn", "handoff.open", "handoff.store.load", "handoff.store.save"
SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")


async def test_a_conversation_with_model_store_and_appliance(
    watched: "Watched", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.telemetry.watching import context_of, facts, links_of

    answers = [
        call("ask", question="Which database is it?", suggested_answers=None, between=None),
        call("select_queue", queue_id=small.DATABASE, summary="SQL is slow.", reason="It is about SQL."),
    ]
    with running_appliance() as appliance, OpenAIStub(answers) as stub:
        setting.use(appliance, monkeypatch)
        agent = small.agent_over(
            setting.catalogue(tmp_path, setting.host_of(appliance)),
            OpenAIModel("gpt-5-mini", base_url=stub.base_url),
            store=SQLiteStore(tmp_path / "chats.db"),
        )
        chat = agent.start()
        for text in ("I need help with a database", "my SQL query hangs"):
            with watched.host.start_as_current_span("POST /chat"):
                await chat.send(text)
        with watched.host.start_as_current_span("POST /press"):
            reply = await chat.press("start")
        assert reply.handoff
        await agent.close()

    turns = watched.named(TURN)
    doors = [*watched.named("POST /chat"), *watched.named("POST /press")]
    assert [span.parent and span.parent.span_id for span in turns] == [context_of(d)[1] for d in doors]
    assert [facts(span)["handoff.outcome"] for span in turns] == ["question", "proposal", "handoff"]
    assert [links_of(span) for span in turns] == [[], [context_of(turns[0])], [context_of(turns[1])]]
    assert facts(turns[1]) == {
        "gen_ai.conversation.id": chat.id,
        "handoff.input": "message",
        "handoff.revision": 4,
        "handoff.phase": "proposed",
        "handoff.queue": small.DATABASE,
        "handoff.handoff": False,
        "handoff.model_calls": 1,
        "handoff.degraded": False,
        "handoff.outcome": "proposal",
    }
    within = [name for name in watched.inside(turns[1]) if name != LOAD]
    assert within == [SAVE, "chat gpt-5-mini", SAVE]
    assert [name for name in watched.inside(turns[2]) if name != LOAD] == [OPEN, SAVE]

    (asked, chosen) = watched.named("chat gpt-5-mini")
    assert chosen.kind.name == "CLIENT"
    assert facts(chosen) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5-mini",
        "gen_ai.response.model": "gpt-5-mini",
        "gen_ai.conversation.id": chat.id,
        "gen_ai.usage.input_tokens": facts(chosen)["gen_ai.usage.input_tokens"],
        "gen_ai.usage.output_tokens": facts(chosen)["gen_ai.usage.output_tokens"],
        "handoff.decision": "select_queue",
    }
    assert facts(asked)["gen_ai.usage.input_tokens"] > 100
    (opened,) = watched.named(OPEN)
    assert facts(opened) == {"handoff.queue.id": small.DATABASE, "handoff.target.kind": "session_key"}
    assert set(watched.inside(opened)) == {LOAD, SAVE}  # the appliance's token and rate limit
    saved = watched.last(SAVE)
    assert facts(saved) == {"db.system.name": "sqlite", "db.operation.name": "save"}
    assert {span.context.trace_id for span in (doors[2], turns[2], opened) if span.context} == {
        context_of(doors[2])[0]
    }


def test_from_threads_without_a_loop(watched: "Watched", catalogue: Catalogue) -> None:
    from tests.telemetry.watching import context_of

    chat = small.agent_over(catalogue, ScriptedModel([SQL])).start()
    with watched.host.start_as_current_span("job"):
        chat.send_sync("my SQL database is slow")
        chat.press_sync("start")
    job = context_of(watched.last("job"))[0]
    assert [context_of(span)[0] for span in [*watched.named(TURN), watched.last(OPEN)]] == [job] * 3


async def test_the_link_outlives_the_process(watched: "Watched", catalogue: Catalogue) -> None:
    from tests.telemetry.watching import context_of, links_of

    first = small.agent_over(catalogue, ScriptedModel([SQL])).start()
    await first.send("my SQL database is slow")
    second = small.agent_over(catalogue, ScriptedModel([])).resume(first.dump())
    await second.press("start")
    one, other = watched.named(TURN)
    assert context_of(one)[0] != context_of(other)[0]
    assert links_of(other) == [context_of(one)]


async def test_a_message_that_joins_is_linked_to_the_turn_that_answers(
    watched: "Watched", catalogue: Catalogue
) -> None:
    from tests.telemetry.watching import context_of, facts, links_of

    model = Waiting([Ask(question="What is it?"), SQL])
    chat = small.agent_over(catalogue, model).start()
    first = asyncio.create_task(chat.send("hi"))
    await asyncio.wait_for(model.asked.wait(), 5)
    second = asyncio.create_task(chat.send("my SQL database is slow"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    model.let.set()
    assert await first == await second
    answering, joined = watched.named(TURN)
    assert facts(answering)["handoff.outcome"] == "proposal"
    assert facts(joined)["handoff.outcome"] == "joined"
    assert links_of(joined) == [context_of(answering)]


async def test_a_conflict_with_another_process_is_seen(watched: "Watched", catalogue: Catalogue) -> None:
    from tests.telemetry.watching import facts

    model = Waiting([SQL, SQL])
    agent = small.agent_over(catalogue, model)
    chat = agent.start()
    first = asyncio.create_task(chat.send("my SQL database is slow"))
    await asyncio.wait_for(model.asked.wait(), 5)
    other = await agent.load(chat.id)
    assert other
    await other.press("other")
    model.let.set()
    await first
    saved = [facts(span).get("handoff.store.conflict", False) for span in watched.named(SAVE)]
    assert saved.count(True) == 1


async def test_refused_input_has_no_outcome(watched: "Watched", catalogue: Catalogue) -> None:
    from tests.telemetry.watching import facts

    agent: HandoffAgent = small.agent_over(catalogue, ScriptedModel([]))
    await agent.start().send("")
    assert "handoff.outcome" not in facts(watched.last(TURN))
    assert facts(watched.last(TURN))["handoff.phase"] == "gathering"


async def test_a_request_that_the_host_traces_has_one_server_span(watched: "Watched") -> None:
    async def app(*_: Any) -> None:
        pass

    traced: Any = TracedRequests(app)
    scope = {"type": "http", "path": "/", "method": "GET", "headers": []}
    with watched.host.start_as_current_span("GET /"):
        await traced(scope, None, None)
    await traced(scope, None, None)
    assert [len(watched.named(name)) for name in ("GET /", "GET")] == [1, 1]
