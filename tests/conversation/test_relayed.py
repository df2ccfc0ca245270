"""What another model passes on for the person is no yes, unless the host says so."""

import pytest

from agent.catalogue.schema import Catalogue
from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from tests.support import small

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")


@pytest.mark.parametrize("yes", ["yes", "Start agent chat", "go ahead"])
async def test_another_models_yes_is_none(catalogue: Catalogue, yes: str) -> None:
    chat = small.agent_over(catalogue, ScriptedModel([SQL])).start()
    shown = await chat.send("my SQL database is slow", relayed=True)
    reply = await chat.send(yes, relayed=True)
    assert reply.handoff is None
    assert reply.proposal == shown.proposal
    assert (await chat.press("start")).handoff


async def test_a_relayed_yes_counts_where_the_host_says_so(catalogue: Catalogue) -> None:
    agent = small.agent_over(catalogue, ScriptedModel([SQL]), accept_relayed=True)
    chat = agent.start()
    await chat.send("my SQL database is slow", relayed=True)
    reply = await chat.send("yes", relayed=True)
    assert reply.handoff
    assert reply.handoff.relayed  # and it is on record


async def test_a_relayed_press_is_no_yes(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, ScriptedModel([SQL])).start()
    shown = await chat.send("my SQL database is slow")
    assert shown.proposal
    reply = await chat.press("start", proposal=shown.proposal.id, relayed=True)
    assert reply.handoff is None
    assert reply.proposal == shown.proposal
    assert (await chat.press("start")).handoff
