"""The metrics: their names, units and attributes, of which there are only so many."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.catalogue.schema import Catalogue
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from agent.telemetry.meters import METRICS
from tests.support import small
from tests.support.openai_answers import call
from tests.support.openai_stub import OpenAIStub

if TYPE_CHECKING:
    from tests.telemetry.watching import Watched

DOCS = Path(__file__).parents[2] / "docs"
CALLED = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5-mini",
}


def points(watched: "Watched", name: str) -> tuple[str, list[tuple[dict[str, Any], Any]]]:
    unit, found = watched.metric(name)
    return unit, [(dict(point.attributes), point) for point in found]


async def test_a_conversation(watched: "Watched", catalogue: Catalogue) -> None:
    with OpenAIStub([call("select_queue", queue_id=small.DATABASE, summary="x", reason="y")]) as stub:
        async with small.agent_over(catalogue, OpenAIModel("gpt-5-mini", base_url=stub.base_url)) as agent:
            chat = agent.start()
            await chat.send("my SQL database is slow")
            for _ in range(3):  # the same link again is no handoff
                await chat.press("start")
    unit, durations = points(watched, "gen_ai.client.operation.duration")
    assert (unit, [told for told, _ in durations]) == ("s", [CALLED])
    assert durations[0][1].explicit_bounds[:3] == (0.01, 0.02, 0.04)
    assert durations[0][1].explicit_bounds[-1] == 81.92
    unit, tokens = points(watched, "gen_ai.client.token.usage")
    assert unit == "{token}"
    assert [told for told, _ in tokens] == [{**CALLED, "gen_ai.token.type": t} for t in ("input", "output")]
    assert tokens[0][1].sum > 100
    assert tokens[0][1].explicit_bounds[-1] == 67108864
    unit, turns = points(watched, "handoff.turn.duration")
    assert unit == "s"
    assert [(told, point.count) for told, point in turns] == [
        ({"handoff.input": "message", "handoff.phase": "proposed"}, 1),
        ({"handoff.input": "start", "handoff.phase": "handed_off"}, 3),
    ]
    unit, handoffs = points(watched, "handoff.handoffs")
    assert unit == "{handoff}"
    assert [(told, point.value) for told, point in handoffs] == [({"handoff.queue.id": small.DATABASE}, 1)]
    assert "handoff.degraded" not in watched.metric_names()
    assert watched.metric_names() < set(METRICS)


async def test_conversations_and_words_add_no_series(watched: "Watched", catalogue: Catalogue) -> None:
    async def talk(number: int) -> None:
        model = ScriptedModel(
            [Ask(question=f"{number}?"), SelectQueue(queue_id=small.DATABASE, summary=f"s{number}")]
        )
        chat = small.agent_over(catalogue, model).start(via=f"key{number}")
        await chat.send(f"help me with number {number}")
        await chat.send(f"my SQL database {number} is slow")
        await chat.press("start")
        await chat.press("choose", queue_id=f"q{number}")

    await talk(1)
    series = {name: len(watched.metric(name)[1]) for name in METRICS}
    for number in range(2, 12):
        await talk(number)
    assert {name: len(watched.metric(name)[1]) for name in METRICS} == series
    assert watched.metric("handoff.handoffs")[1][0].value == 11


def test_the_page_has_them_all() -> None:
    page = (DOCS / "observability.md").read_text("utf-8")
    for name, metric in METRICS.items():
        assert f"| `{name}` | {metric.kind.replace('_', '-')} | `{metric.unit}` |" in page
