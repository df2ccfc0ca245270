"""`handoff outcomes` finds conversations in every store."""

from pathlib import Path

from agent.models.scripted import ScriptedModel
from agent.outcomes.conversations import find
from agent.records.decision import SelectQueue
from agent.stores.base import Store
from tests.support import small


async def test_a_handoff_is_found_by_its_reference(store: Store, tmp_path: Path) -> None:
    model = ScriptedModel([SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")])
    agent = small.agent_over(small.catalogue(tmp_path), model, store=store)
    chat = agent.start()
    proposal = (await chat.send("my SQL database is slow")).proposal
    assert proposal
    await chat.press("start")
    found = await find(store, [proposal.reference, "another"])
    assert found.damaged == 0
    assert found.handed[proposal.reference].conversation.id == chat.id
    await agent.close()
