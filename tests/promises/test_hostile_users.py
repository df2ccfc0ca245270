"""The corpus as what a person writes, in every phase: to the embedded model, and to one that obeys."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent import HandoffAgent
from agent.models.embedded import EmbeddedModel
from agent.models.messages import Decisions
from agent.models.openai_chat import OpenAIModel
from prompts import _lines
from tests.support import small
from tests.support.openai_stub import OpenAIStub, Request

from .as_text import check_screens
from .attacks import ATTACKS, FAMILIES, LEAST, LEAST_OF_A_FAMILY
from .gullible import Gullible, obedient_server
from .walk import LATER, PERSON, walk

DECEPTIVE = ("delimiters", "formulas", "invisible", "markdown_html", "terminal")
STATE_LINES = tuple(filter(None, (text.partition("{")[0] for text in _lines("state").values())))


def test_the_corpus_is_large_enough() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) >= LEAST
    assert all(len(texts) >= LEAST_OF_A_FAMILY for texts in FAMILIES.values())


@pytest.fixture(params=[EmbeddedModel, Gullible], ids=["embedded", "gullible"])
async def agent(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[HandoffAgent]:
    async with small.agent_over(small.catalogue(tmp_path), request.param()) as agent:
        yield agent


@pytest.mark.parametrize("family", FAMILIES)
async def test_no_message_moves_anything_in_any_phase(agent: HandoffAgent, family: str) -> None:
    for message in FAMILIES[family]:
        chat = agent.start(PERSON)
        await walk(chat, message)
        if family in DECEPTIVE:
            check_screens(chat)


@pytest.mark.parametrize("decisions", ["tools", "json"])
async def test_over_the_wire_it_stays_the_persons_text(tmp_path: Path, decisions: Decisions) -> None:
    with OpenAIStub(obedient_server()) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, decisions=decisions)
        async with small.agent_over(small.catalogue(tmp_path), model) as agent:
            for number, message in enumerate(ATTACKS):
                # In one phase more, by turns; without the wire it goes through all of them.
                await walk(agent.start(PERSON), message, later=(LATER[number % 3],))
        await model.close()
    assert not stub.refused
    assert len(stub.requests) > len(ATTACKS)
    assert len({request.system for request in stub.requests}) == 1  # no message changes the instructions
    for request in stub.requests:
        check_request(request)


def check_request(request: Request) -> None:
    """The application's own messages are the first and, if any, the last; every line of theirs is ours."""
    assert small.CANARY.lower() not in str(request.body).lower()
    roles = [message["role"] for message in request.messages]
    last = [roles.pop()] if roles[-1] == "system" else []
    assert roles == ["system", *(["user", "assistant"] * len(roles))[: len(roles) - 1]]
    for state in [request.messages[-1]["content"]] if last else []:
        for line in state.splitlines():
            assert line.startswith(STATE_LINES)
            assert line.count("<data>") == line.count("</data>") <= 1
            assert "queues>" not in line.replace("from <queues>", "")
