"""Promise 2: a hidden queue is in no request, event, document or log of another person."""

import asyncio
import json
import logging
from itertools import count
from pathlib import Path

import pytest

from agent import HandoffAgent
from agent.models.embedded import EmbeddedModel
from agent.models.messages import Decisions
from agent.models.openai_chat import OpenAIModel
from agent.stores.memory import MemoryStore
from evals import evaluate
from evals.cli.planning import plan_of
from tests.support import openai_answers as answers
from tests.support.openai_answers import Canned
from tests.support.openai_stub import OpenAIStub, Request

from .canary import FITS_HIDDEN, INSIDER, OUTSIDER, SONG, play, write


def moves(request: Request) -> list[Canned]:
    """What a model does that looks for more than it is given; it knows what is in the request and nothing else."""
    ids = [line.split(" | ")[0] for line in _told(request).splitlines() if line.count(" | ") == 2]
    first, last = (ids[0], ids[-1]) if ids else ("desk", "desk")
    if not request.tools:
        return [
            answers.content(
                {"summary": "s", "queue": queue, "question": "Which one?", "second_issue": "salary"}
            )
            for queue in ("unclear", first, last, "not_for_agents")
        ]
    chosen = {"summary": "s", "reason": "payslip", "second_issue": "salary", "second_queue_id": last}
    return [
        answers.call("ask", question="Which one?", suggestions=[], between=[first, last]),
        answers.call("select_queue", queue_id=first, **chosen),
        answers.call("search_queues", query="payslip salary bonus")
        if "search_queues" in request.tools
        else answers.call("select_queue", queue_id=last, **chosen),
        answers.call("not_for_agents", reason="r"),
        answers.call("create_handoff"),
    ]


def _told(request: Request) -> str:
    return "\n".join(m["content"] for m in request.messages if m["role"] == "system")


@pytest.fixture
def server() -> OpenAIStub:
    turns = count()

    def answer(request: Request) -> Canned:
        ways = moves(request)
        return ways[next(turns) % len(ways)]

    return OpenAIStub(answer)


def sings(thing: object) -> bool:
    return SONG in str(thing).lower()


async def test_nothing_comes_out_of_the_embedded_model(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = MemoryStore()
    async with HandoffAgent.from_file(write(tmp_path), model=EmbeddedModel(), store=store) as agent:
        assert sings(await play(agent.start(INSIDER)))  # else nothing of this could fail
        caplog.clear()
        assert not sings(await play(agent.start(OUTSIDER)))
    assert not sings(caplog.text)


@pytest.mark.parametrize("tokens", [8_000, 100], ids=["listed", "searched"])
@pytest.mark.parametrize("decisions", ["tools", "json"])
async def test_nothing_is_requested(
    server: OpenAIStub, tmp_path: Path, caplog: pytest.LogCaptureFixture, decisions: Decisions, tokens: int
) -> None:
    """Two people at once on one agent, with whatever it keeps for both."""
    caplog.set_level(logging.DEBUG)
    with server as stub:
        model = OpenAIModel(
            "m", base_url=stub.base_url, decisions=decisions, catalogue_tokens=tokens, stream=True
        )
        async with HandoffAgent.from_file(write(tmp_path), model=model) as agent:
            async with asyncio.timeout(60):
                inside, outside = await asyncio.gather(
                    play(agent.start(INSIDER)), play(agent.start(OUTSIDER))
                )
            assert sings(inside)
            assert not sings(outside)
            both = len(stub.requests)
            assert any(map(sings, stub.requests))
            caplog.clear()
            assert not sings(await play(agent.start(OUTSIDER)))
        alone = stub.requests[both:]
        assert alone
        assert not any(map(sings, alone))
        assert not sings(caplog.text)
    assert not stub.refused


async def test_at_once_each_request_is_of_one_view(server: OpenAIStub, tmp_path: Path) -> None:
    with server as stub:
        model = OpenAIModel("m", base_url=stub.base_url)
        async with HandoffAgent.from_file(write(tmp_path), model=model) as agent:
            people = [agent.start(INSIDER if n % 2 else OUTSIDER) for n in range(8)]
            told = [f"{FITS_HIDDEN}, says the {'in' if n % 2 else 'out'}sider" for n in range(8)]
            await asyncio.gather(*(chat.send(text) for chat, text in zip(people, told, strict=True)))
    for request in stub.requests:
        assert sings(request) == ("the insider" in request.said)


def test_nothing_is_in_the_results_of_a_run(tmp_path: Path) -> None:
    """A case of somebody who may not see it; a report for the operator names all queues."""
    case = {"id": "a", "opening": FITS_HIDDEN, "user": {}, "expect": {"outcome": "handoff", "queue": "desk"}}
    inside = {**case, "id": "b", "user": {"attributes": {"region": "Kanarien"}}}
    queues = write(tmp_path)
    cases = tmp_path / "played.jsonl"
    cases.write_text("\n".join(map(json.dumps, [case, inside])))
    plan = plan_of(
        queues=queues, cases=(cases,), model="embedded", user=None, record=None, replay=None, cache=False
    )
    evaluate(plan, tmp_path / "out")
    outsider, insider = (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()
    assert sings(insider)
    assert not sings(outsider)
