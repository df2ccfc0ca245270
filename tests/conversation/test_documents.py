"""Promise 7: one document, that loads again; and what is refused, with one clear message each."""

import json

import pytest

from agent import Chat, HandoffAgent
from agent.catalogue.schema import Catalogue
from agent.errors import DocumentError, InputError
from agent.models.embedded import EmbeddedModel
from agent.turn.seal import fingerprint
from tests.support import small

KEY = "a key of sixteen"


def agent(catalogue: Catalogue, key: str | None = None) -> HandoffAgent:
    return small.agent_over(catalogue, EmbeddedModel(), state_key=key)


async def proposed(catalogue: Catalogue, key: str | None = None) -> Chat:
    chat = agent(catalogue, key).start()
    await chat.send("my SQL database is slow")
    return chat


async def test_a_restart_changes_nothing(catalogue: Catalogue) -> None:
    chat = await proposed(catalogue)
    resumed = agent(catalogue).resume(chat.dump())
    assert resumed.conversation == chat.conversation
    reply = await resumed.press("start")
    assert reply.handoff
    assert resumed.conversation.revision == chat.conversation.revision + 1
    assert chat.conversation.catalogue == catalogue.hash


@pytest.mark.parametrize(
    "saved", ["", "not json", "[]", "null", "{}", '{"version": ', "\ud800", "[" * 100_000]
)
def test_no_document(catalogue: Catalogue, saved: str) -> None:
    with pytest.raises(DocumentError, match="no saved conversation"):
        agent(catalogue).resume(saved)


@pytest.mark.parametrize("version", [2, 0, "1", None, 1.5, True])
async def test_another_version(catalogue: Catalogue, version: object) -> None:
    data = json.loads((await proposed(catalogue)).dump())
    data["version"] = version
    with pytest.raises(DocumentError, match="reads version 1"):
        agent(catalogue).resume(json.dumps(data))


async def test_a_damaged_document_says_where_and_not_what(catalogue: Catalogue) -> None:
    data = json.loads((await proposed(catalogue)).dump())
    data["messages"][0]["text"] = {"secret": "rosebud"}
    with pytest.raises(DocumentError, match=r"damaged at `messages") as caught:
        agent(catalogue).resume(json.dumps(data))
    assert "rosebud" not in str(caught.value)


@pytest.mark.parametrize("reserved", ["handoff:pseudonyms", "beyondtrust:token:a"])
async def test_no_document_has_the_id_of_another_record(catalogue: Catalogue, reserved: str) -> None:
    saved = json.loads((await proposed(catalogue)).dump())
    with pytest.raises(DocumentError, match="`id`"):
        agent(catalogue).resume(json.dumps({**saved, "id": reserved}))


async def test_a_signed_document(catalogue: Catalogue) -> None:
    chat = await proposed(catalogue, KEY)
    assert agent(catalogue, KEY).resume(chat.dump()).conversation == chat.conversation
    data = json.loads(chat.dump())
    data["proposal"]["queue_id"] = small.LAPTOP
    for saved in (json.dumps(data), (await proposed(catalogue)).dump()):
        with pytest.raises(DocumentError, match="not signed with this HANDOFF_STATE_KEY"):
            agent(catalogue, KEY).resume(saved)


async def test_a_tampered_proposal_asks_again_even_unsigned(catalogue: Catalogue) -> None:
    data = json.loads((await proposed(catalogue)).dump())
    data["proposal"]["sends"]["summary"] = "something else"
    data["messages"][-1]["reply"]["proposal"] = data["proposal"]
    chat = agent(catalogue).resume(json.dumps(data))
    reply = await chat.press("start")
    assert reply.handoff is None
    assert "Something has changed" in reply.text


async def test_an_action_that_does_not_exist(catalogue: Catalogue) -> None:
    chat = await proposed(catalogue)
    with pytest.raises(InputError, match="use start, skip, other, choose, cancel, edit"):
        await chat.press("create_handoff")


async def test_a_proposal_that_was_never_shown(catalogue: Catalogue) -> None:
    chat = await proposed(catalogue)
    data = json.loads(chat.dump())
    del data["messages"][-1]
    resumed = agent(catalogue).resume(json.dumps(data))
    assert data["proposal"]
    reply = await resumed.press("start", proposal=data["proposal"]["id"])
    assert reply.handoff is None
    assert reply.proposal == chat.conversation.proposal  # now it is
    assert (await resumed.press("start")).handoff


async def test_messages_that_a_crash_left_unanswered_join_the_next(catalogue: Catalogue) -> None:
    chat = await proposed(catalogue)
    data = json.loads(chat.dump())
    data["messages"].append({**data["messages"][0], "text": "never mind"})
    resumed = agent(catalogue).resume(json.dumps(data))
    reply = await resumed.send("no, it's about my laptop and its screen")
    assert reply.phase == "proposed"  # "never mind" alone would have closed it
    assert reply.proposal
    assert reply.proposal.queue_id == small.LAPTOP


async def test_the_seal_binds_all_that_was_shown(catalogue: Catalogue) -> None:
    proposal = (await proposed(catalogue)).conversation.proposal
    assert proposal
    changes = {
        "queue_id": "x",
        "queue": "x",
        "summary": "x",
        "sends": {"queue_id": "x"},
        "to": "x",
        "carries_summary": False,
        "wanted": "x",
        "revision": 99,
    }
    seals = {fingerprint("a", proposal), fingerprint("b", proposal)}
    seals |= {fingerprint("a", proposal.model_copy(update={name: value})) for name, value in changes.items()}
    assert len(seals) == 2 + len(changes)


@pytest.mark.parametrize(
    "change",
    [
        {"phase": "handed_off"},
        {"phase": "gathering"},
        {"proposal": None},
        {"revision": -1},
        {"since": -1},
        {"handoffs": [{"url": "javascript:alert(1)", "queue_id": "db", "proposal": "p"}]},
    ],
)
async def test_what_cannot_be(catalogue: Catalogue, change: dict[str, object]) -> None:
    data = json.loads((await proposed(catalogue)).dump())
    with pytest.raises(DocumentError, match="damaged"):
        agent(catalogue).resume(json.dumps({**data, **change}))
