"""Models of somebody else's that ignore a cancel, raise one, or change what they are handed."""

import asyncio
from collections.abc import Callable

import pytest

from agent import Answer, Briefing, Limits
from agent.catalogue.schema import Catalogue
from agent.records.decision import SelectQueue
from tests.support import small


class Deaf:
    """It never answers, and goes on when it is cancelled for the first time."""

    name = "deaf"

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)
        raise AssertionError("nobody waits that long")

    async def close(self) -> None:
        pass


class Cancelled(Deaf):
    name = "cancelled"

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        raise asyncio.CancelledError


async def test_a_model_that_ignores_being_cancelled_cannot_hold_a_turn(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, Deaf(), limits=Limits(seconds=0.05)).start()
    reply = await asyncio.wait_for(chat.send("my SQL database is slow"), 20)
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE


async def test_a_model_that_raises_a_cancel_cancels_no_turn(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    reply = await small.agent_over(catalogue, Cancelled()).start().send("my SQL database is slow")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE
    assert [record.getMessage() for record in caplog.records] == ["model cancelled: it was cancelled"]


async def test_a_model_cannot_add_a_queue(catalogue: Catalogue) -> None:
    class Adding(Deaf):
        async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
            briefing.view.by_id["evil"] = briefing.view.default  # type: ignore[index]
            return Answer(decision=SelectQueue(queue_id="evil", summary="x"))

    chat = small.agent_over(catalogue, Adding()).start()
    reply = await chat.send("my SQL database is slow")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE
    assert (await chat.press("choose", queue_id="evil")).text.startswith("There is no such team")
