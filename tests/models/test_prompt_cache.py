"""What a provider's cache goes by: requests begin with the same bytes, over a conversation and between people."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent import HandoffAgent, User
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from tests.support import small

Requests = list[dict[str, Any]]


async def requests_of(user: User, folder: Path, asked: OpenAIModel) -> Requests:
    """What a model is asked from the first word to a second problem."""
    chosen = SelectQueue(queue_id=small.DATABASE, summary="Their query hangs.", reason="It is about SQL.")
    scripted = ScriptedModel(
        [Ask(question="What is wrong?"), chosen, chosen, Ask(question="And the screen?")]
    )
    async with HandoffAgent.from_file(
        folder / "queues.yaml", model=scripted, clock=lambda: small.OPEN
    ) as agent:
        chat = agent.start(user)
        for text in ("I'd like to speak to a live agent", "my SQL query hangs", "no, the whole database"):
            await chat.send(text)
        assert (await chat.press("start")).handoff
        await chat.send("and my screen flickers")
    return [asked.request(briefing) for briefing in scripted.briefings]


def beginning(request: dict[str, Any]) -> str:
    return json.dumps([request["tools"], request["messages"][0]])


@pytest.mark.parametrize("decisions", ["tools", "json"])
async def test_requests_begin_with_the_same_bytes(decisions: Any, tmp_path: Path) -> None:
    small.catalogue(tmp_path)
    requests: Requests = []
    for user in (User(), User(id="7", name="Ada", email="ada@acme.com", locale="de")):
        # A process of its own for each: nothing but the catalogue makes them equal.
        asked = OpenAIModel("m", api_key="none", decisions=decisions)
        requests += await requests_of(user, tmp_path, asked)
    assert len(requests) == 8
    for request in requests:
        request.setdefault("tools", [])
    assert len({beginning(request) for request in requests}) == 1
    assert {request["messages"][0]["role"] for request in requests} == {"system"}


async def test_a_request_goes_on_where_the_one_before_ended(tmp_path: Path) -> None:
    small.catalogue(tmp_path)
    requests = await requests_of(User(), tmp_path, OpenAIModel("m", api_key="none"))
    for before, after in pairwise(requests):
        said = [m for m in before["messages"] if m["role"] != "system"]
        assert [m for m in after["messages"] if m["role"] != "system"][: len(said)] == said
        assert [m["role"] for m in after["messages"][:-1]].count("system") == 1  # the state comes last


async def test_who_may_see_other_queues_has_another_beginning(tmp_path: Path) -> None:
    small.catalogue(tmp_path)
    asked = OpenAIModel("m", api_key="none")
    everybody = await requests_of(User(), tmp_path, asked)
    some = await requests_of(User(attributes={"region": "EU"}), tmp_path, asked)
    assert small.CANARY in beginning(some[0])
    assert small.CANARY not in beginning(everybody[0])
