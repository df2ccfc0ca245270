"""Nothing that anybody wrote is in traces and metrics; switched on, content is what a model sees."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from agent import Limits, User
from agent.catalogue.schema import Catalogue
from agent.errors import ModelUnavailable, StoreError
from agent.models.base import ChatModel
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from agent.models.traced import CAPTURE
from agent.records.decision import Ask, NotForAgents, SearchQueues, SelectQueue
from agent.stores.base import PLAIN, Terms
from agent.stores.memory import MemoryStore
from tests.redaction.planted import shipped
from tests.support import small
from tests.support.openai_answers import body, failure
from tests.support.openai_stub import OpenAIStub

if TYPE_CHECKING:
    from tests.telemetry.watching import Watched

CANARY = "Zaunkoenig"  # in everything personal, and in what servers answer
ADA = User(id=CANARY, name=CANARY, email=f"{CANARY}@acme.com", tenant=CANARY, attributes={"team": CANARY})
SAID = f"my SQL database of {CANARY} is slow, password: {CANARY}24"
SELECT = SelectQueue(queue_id=small.DATABASE, summary=SAID, reason=SAID)


class Broken:
    name = "broken"

    async def decide(self, briefing: object, started: Callable[[str], None] | None = None) -> Any:
        raise RuntimeError(SAID)

    async def close(self) -> None:
        pass


class Unwell(MemoryStore):
    async def save(
        self, id_: str, document: str, *, revision: int, expected: int | None, terms: Terms = PLAIN
    ) -> bool:
        raise StoreError(f"full: {document}")


def named_after_a_person(_: object) -> Any:
    choice = {"message": {"role": "assistant", "content": f"{CANARY}?"}, "finish_reason": "stop"}
    return body(json.dumps({"model": f"to {CANARY}, with love", "choices": [choice]}))


async def test_nothing_personal(
    watched: "Watched", catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    models: list[ChatModel] = [
        ScriptedModel([Ask(question=f"{CANARY}?", suggestions=(CANARY,)), SELECT, SELECT]),
        ScriptedModel([NotForAgents(reason=SAID), ModelUnavailable(SAID), SELECT]),
        ScriptedModel([SearchQueues(query=SAID), *[SelectQueue(queue_id=CANARY)] * 6]),
        Broken(),
    ]
    for model in models:
        chat = small.agent_over(catalogue, model).start(ADA, via=CANARY)
        await chat.send(SAID)
        _ = [event async for event in chat.stream(f"and it is {CANARY}")]
        await chat.press("edit", text=SAID)
        await chat.press("choose", queue_id=CANARY)
        for action in ("skip", "other", "start"):
            await chat.press(action)
    with pytest.raises(StoreError):
        await small.agent_over(catalogue, Broken(), store=Unwell()).start(ADA).send(SAID)
    for script in (lambda request: failure(400, f"bad input: {request.said}"), named_after_a_person):
        with OpenAIStub(script) as stub:
            model = OpenAIModel("m", base_url=stub.base_url, api_key=CANARY)
            async with small.agent_over(catalogue, model, limits=Limits(seconds=5)) as agent:
                await agent.start(ADA).send(SAID)

    async def refuse(*_: object) -> None:
        raise RuntimeError(SAID)

    monkeypatch.setattr("agent.targets.url_template.UrlTemplate.open", refuse)
    chat = small.agent_over(catalogue, ScriptedModel([SELECT])).start(ADA)
    await chat.send(SAID)
    await chat.press("start")

    told = watched.everything()
    for name in ("handoff.turn", "chat scripted", "chat broken", "chat m", "handoff.open", "RuntimeError"):
        assert name in told
    assert CANARY.lower() not in told.lower()
    assert "https://chat.example.com" not in told


async def test_switched_on_it_is_what_a_model_sees(
    watched: "Watched", catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CAPTURE, "true")
    seen: list[str] = []

    def decide(briefing: Any) -> SelectQueue:
        seen.append(briefing.messages[-1].text)
        return SelectQueue(queue_id=small.DATABASE, summary="The database is slow.")

    model = ScriptedModel([Ask(question="Which one?"), decide])
    chat = small.agent_over(catalogue, model, redactor=shipped()).start(ADA)
    await chat.send("help me with a database")
    await chat.send(SAID)
    told = dict(watched.last("chat scripted").attributes or {})
    assert json.loads(str(told["gen_ai.input.messages"])) == [
        {"role": role, "parts": [{"type": "text", "content": text}]}
        for role, text in (
            ("user", "help me with a database"),
            ("assistant", "Which one?"),
            ("user", seen[0]),
        )
    ]
    assert seen[0].endswith("password: [password removed]")
    (output,) = json.loads(str(told["gen_ai.output.messages"]))
    assert output["parts"][0]["name"] == "select_queue"
    assert output["parts"][0]["arguments"]["summary"] == "The database is slow."
    assert f"{CANARY}24" not in watched.everything()
    assert CANARY not in watched.metrics_json()
    assert "acme.com" not in watched.everything()


@pytest.mark.parametrize("value", ["", "false", "no_content", "event_only", "1"])
async def test_switched_on_by_nothing_else(
    watched: "Watched", catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(CAPTURE, value)
    await small.agent_over(catalogue, ScriptedModel([SELECT])).start().send(SAID)
    assert watched.named("chat scripted")
    assert "database of" not in watched.everything()
