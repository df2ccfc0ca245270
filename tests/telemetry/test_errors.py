"""What goes wrong is told by its kind, on the span where it did."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from agent import Limits
from agent.catalogue.schema import Catalogue
from agent.errors import StoreError
from agent.models.breaker import FAILURES, Breaker
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from agent.stores.base import PLAIN, Terms
from agent.stores.memory import MemoryStore
from tests.support import small
from tests.support.openai_answers import Canned, call, failure
from tests.support.openai_stub import OpenAIStub

if TYPE_CHECKING:
    from tests.telemetry.watching import Watched

SLOW = Canned(text="late", delay=30)
SAID = "my SQL database is slow"


async def at_once(_: float) -> None:
    pass


def errors(watched: "Watched", name: str) -> list[tuple[str | None, str]]:
    found = [
        ((span.attributes or {}).get("error.type"), span.status.status_code.name)
        for span in watched.named(name)
    ]
    return [(None if kind is None else str(kind), status) for kind, status in found]


@pytest.mark.parametrize(
    ("answers", "kinds"),
    [
        ([failure(503)] * 2, ["503"]),
        ([failure(401)], ["401"]),
        ([failure(400, "no")], ["400"]),
        ([SLOW], ["timeout"]),
        ([call("select_queue", queue_id="nowhere", summary="", reason="")] * 2, [None, None]),
        ([call("no_such_tool")] * 2, ["ModelAnswerInvalid"] * 2),
    ],
)
async def test_a_model(
    watched: "Watched", catalogue: Catalogue, answers: list[Canned], kinds: list[str | None]
) -> None:
    with OpenAIStub(answers) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, sleep=at_once)
        limits = Limits(seconds=1 if SLOW in answers else 30)
        async with small.agent_over(catalogue, model, limits=limits) as agent:
            await agent.start().send(SAID)
    assert errors(watched, "chat m") == [(kind, "ERROR" if kind else "UNSET") for kind in kinds]
    turn = watched.last("handoff.turn")
    assert turn.status.is_unset
    assert dict(turn.attributes or {})["handoff.degraded"] is True
    unit, points = watched.metric("gen_ai.client.operation.duration")
    assert (unit, {point.attributes.get("error.type") for point in points}) == ("s", set(kinds))
    _, degraded = watched.metric("handoff.degraded")
    assert [(point.value, dict(point.attributes)) for point in degraded] == [
        (1, {"gen_ai.request.model": "m"})
    ]


async def test_a_breaker_that_is_open(watched: "Watched", catalogue: Catalogue) -> None:
    now = 0.0

    class Dead(ScriptedModel):
        async def decide(self, *_: Any, **__: Any) -> Any:
            if now < 60:
                raise ConnectionError(SAID)
            return await super().decide(*_, **__)

    dead = Dead([SelectQueue(queue_id=small.DATABASE)])
    agent = small.agent_over(catalogue, Breaker(dead, clock=lambda: now))
    for _ in range(FAILURES + 2):
        await agent.start().send(SAID)
    kinds = [kind for kind, _ in errors(watched, "chat scripted")]
    assert kinds == ["ConnectionError"] * FAILURES + ["LeftAlone"] * 2
    _, points = watched.metric("gen_ai.client.operation.duration")
    assert [point.count for point in points] == [FAILURES]  # nobody was asked after that
    assert open_breakers(watched) == 1
    now = 60.0
    await agent.start().send(SAID)
    assert open_breakers(watched) == 0


async def test_a_breaker_that_is_closed_while_it_is_open(watched: "Watched", catalogue: Catalogue) -> None:
    async with small.agent_over(catalogue, Breaker(ScriptedModel([]))) as agent:
        agent._runtime.model._model.decide = None  # type: ignore[attr-defined]
        for _ in range(FAILURES):
            await agent.start().send(SAID)
        assert open_breakers(watched) == 1
    assert open_breakers(watched) == 0


def open_breakers(watched: "Watched") -> int:
    unit, points = watched.metric("handoff.model.left_alone")
    assert unit == "{model}"
    (point,) = points
    assert dict(point.attributes) == {"gen_ai.request.model": "scripted"}
    return int(point.value)


async def test_a_target(watched: "Watched", catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_: object) -> None:
        await asyncio.sleep(9)

    monkeypatch.setattr("agent.targets.url_template.UrlTemplate.open", hang)
    agent = small.agent_over(
        catalogue, ScriptedModel([SelectQueue(queue_id=small.DATABASE)]), limits=Limits(seconds=1)
    )
    chat = agent.start()
    await chat.send(SAID)
    await chat.press("start")
    assert errors(watched, "handoff.open") == [("timeout", "ERROR")]
    assert dict(watched.last("handoff.turn").attributes or {})["handoff.outcome"] == "not_opened"
    assert watched.metric("handoff.handoffs") == ("", [])


async def test_a_store(watched: "Watched", catalogue: Catalogue) -> None:
    class Unwell(MemoryStore):
        async def save(
            self, id_: str, document: str, *, revision: int, expected: int | None, terms: Terms = PLAIN
        ) -> bool:
            raise OSError(document)

    chat = small.agent_over(catalogue, ScriptedModel([]), store=Unwell()).start()
    with pytest.raises(StoreError):
        await chat.send(SAID)
    assert errors(watched, "handoff.store.save") == [("OSError", "ERROR")]
    assert errors(watched, "handoff.turn") == [("StoreError", "ERROR")]
    _, (point,) = watched.metric("handoff.turn.duration")
    assert dict(point.attributes) == {"handoff.input": "message", "error.type": "StoreError"}
