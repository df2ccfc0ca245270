"""Promise 5: whatever the model does, the person gets a reply in time, and a way on."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from agent import Answer, Briefing, Limits
from agent.catalogue.schema import Catalogue
from agent.errors import ModelAnswerInvalid, ModelRejected, ModelUnavailable
from agent.models.base import ScriptError
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SearchQueues, SelectQueue
from tests.support import small

ASK = Ask(question="What exactly is wrong with it?")
SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")


class Slow:
    name = "slow"

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits that long")

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("error", [ModelUnavailable("down"), ModelRejected("bad key"), RuntimeError("bug")])
async def test_a_model_that_fails(
    catalogue: Catalogue, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="agent"):
        chat = small.agent_over(catalogue, ScriptedModel([error])).start()
        reply = await chat.send("my SQL database has the secret word rosebud")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE  # the embedded engine's best
    assert "rosebud" in reply.proposal.summary  # what they said goes along
    assert [step.status for step in reply.steps] == ["error"]
    assert chat.conversation.messages[-1].role == "assistant"
    assert chat.conversation.messages[-1].degraded
    assert len(caplog.records) == 1
    assert "rosebud" not in caplog.text


async def test_a_slow_model_is_not_waited_for(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, Slow(), limits=Limits(seconds=0.05)).start()
    reply = await asyncio.wait_for(chat.send("qwertz"), 5)
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK  # nothing fits: the default


async def test_an_unusable_answer_is_repaired_once(catalogue: Catalogue) -> None:
    odd = SelectQueue(queue_id="invented")
    model = ScriptedModel([odd, SQL])
    reply = await small.agent_over(catalogue, model).start().send("my SQL database is slow")
    assert reply.proposal
    assert reply.model_calls == 2
    assert model.briefings[1].correction == (
        'There is no queue "invented". Use one id exactly as it is listed.'
    )
    model = ScriptedModel([odd, ModelAnswerInvalid("no sense")])
    chat = small.agent_over(catalogue, model).start()
    reply = await chat.send("my SQL database is slow")
    assert reply.model_calls == 2
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE


async def test_two_questions_are_the_most(catalogue: Catalogue) -> None:
    model = ScriptedModel([ASK, ASK, ASK])
    chat = small.agent_over(catalogue, model).start()
    for text in ("my SQL database", "it is odd"):
        reply = await chat.send(text)
        assert reply.phase == "gathering"
        assert reply.buttons[-1].action == "skip"
    reply = await chat.send("since this morning")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE
    assert reply.proposal.summary == "my SQL database it is odd since this morning"
    assert [briefing.questions_left for briefing in model.briefings] == [2, 1, 0]


async def test_searching_counts_as_a_call(catalogue: Catalogue) -> None:
    search = SearchQueues(query="salary")
    model = ScriptedModel([search, search, search])
    reply = await small.agent_over(catalogue, model).start().send("my SQL database is slow")
    assert reply.model_calls == 3
    assert reply.proposal
    assert small.DATABASE in {queue.id for queue in model.briefings[1].candidates}
    assert small.EU not in {queue.id for queue in model.briefings[1].candidates}


async def test_skip_needs_no_model(catalogue: Catalogue) -> None:
    model = ScriptedModel([ASK])
    chat = small.agent_over(catalogue, model).start()
    await chat.send("my SQL database")
    reply = await chat.press("skip")
    assert reply.model_calls == 0
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE


async def test_a_script_that_ends_is_no_model_failure(catalogue: Catalogue) -> None:
    with pytest.raises(ScriptError):
        await small.agent_over(catalogue, ScriptedModel([])).start().send("my SQL database is slow")
