"""What a yes binds to: everything that was shown, as it was shown."""

from typing import Any

import pytest

from agent import document
from agent.catalogue.schema import Catalogue
from agent.models.scripted import ScriptedModel
from agent.records.conversation import Conversation
from agent.records.decision import SelectQueue
from agent.turn.seal import fingerprint
from tests.support import small

SQL = SelectQueue(queue_id=small.DATABASE, summary="A query hangs.", reason="SQL")
OTHER: dict[str, Any] = {
    "queue_id": small.DESK,
    "queue": "Another Desk",
    "summary": "Something else.",
    "sends": {"queue_id": small.DESK},
    "to": "https://elsewhere.example.com",
    "carries_summary": False,
    "wanted": small.DESK,
    "revision": 99,
}


async def proposed(catalogue: Catalogue) -> Conversation:
    chat = small.agent_over(catalogue, ScriptedModel([SQL])).start()
    await chat.send("my SQL query hangs")
    return chat.conversation


@pytest.mark.parametrize("field", OTHER)
async def test_whatever_is_shown_is_sealed(catalogue: Catalogue, field: str) -> None:
    conversation = await proposed(catalogue)
    proposal = conversation.proposal
    assert proposal
    assert fingerprint(conversation.id, proposal) == proposal.fingerprint
    changed = proposal.model_copy(update={field: OTHER[field]})
    assert fingerprint(conversation.id, changed) != proposal.fingerprint


async def test_a_seal_is_good_for_one_conversation(catalogue: Catalogue) -> None:
    conversation = await proposed(catalogue)
    assert conversation.proposal
    assert fingerprint("another", conversation.proposal) != conversation.proposal.fingerprint


async def test_a_proposal_that_was_changed_behind_its_seal_asks_again(catalogue: Catalogue) -> None:
    conversation = await proposed(catalogue)
    assert conversation.proposal
    changed = conversation.proposal.model_copy(update={"sends": {**conversation.proposal.sends, "more": "x"}})
    *before, last = conversation.messages
    assert last.role == "assistant"
    shown = last.model_copy(update={"reply": last.reply.model_copy(update={"proposal": changed})})
    saved = document.dump(conversation.model_copy(update={"proposal": changed, "messages": (*before, shown)}))
    reply = await small.agent_over(catalogue, ScriptedModel([])).resume(saved).press("start")
    assert reply.handoff is None
    assert reply.proposal
    assert "more" not in reply.proposal.sends


async def test_a_proposal_that_nobody_was_shown_is_shown_first(catalogue: Catalogue) -> None:
    conversation = await proposed(catalogue)
    said = conversation.messages[:1]
    saved = document.dump(conversation.model_copy(update={"messages": said}))
    chat = small.agent_over(catalogue, ScriptedModel([])).resume(saved)
    reply = await chat.press("start")
    assert reply.handoff is None
    assert reply.proposal == conversation.proposal
    assert (await chat.press("start")).handoff
