"""Every committed turn leaves an entry in the history: who agreed to what, by ids and a pseudonym, without a word."""

import asyncio
import json
from datetime import timedelta

from agent import User
from agent.catalogue.schema import Catalogue
from agent.errors import ModelUnavailable
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from agent.records.entry import Entry
from agent.stores.memory import MemoryStore
from tests.support import small

ADA = User(id="u-4711", name="Ada Lovelace", email="ada@acme.com")
SAID = "my heliotrope SQL query hangs"
SQL = SelectQueue(queue_id=small.DATABASE, summary="A heliotrope query hangs.", reason="heliotrope")


async def history(store: MemoryStore, id_: str) -> list[Entry]:
    return [Entry.model_validate_json(text) for text in await store.history(id_)]


async def told(store: MemoryStore, id_: str) -> list[tuple[tuple[str, ...], str]]:
    return [(entry.did, entry.outcome) for entry in await history(store, id_)]


async def test_says_who_agreed_to_what_and_when(catalogue: Catalogue) -> None:
    store = MemoryStore()
    model = ScriptedModel([Ask(question="What does not work?"), SQL])
    agent = small.agent_over(catalogue, model, store=store)
    chat = agent.start(ADA)
    await chat.send("I'd like to speak to a live agent")
    await chat.send(SAID)
    proposal = chat.conversation.proposal
    assert proposal
    await chat.press("start", proposal=proposal.id)
    asked, shown, agreed = await history(store, chat.id)
    assert (asked.did, asked.outcome, asked.model, asked.model_calls) == (
        ("said",),
        "question",
        "scripted",
        1,
    )
    assert (agreed.did, agreed.outcome, agreed.model) == (("start",), "handoff", "")
    assert shown.proposal == agreed.proposal
    assert agreed.proposal
    assert agreed.proposal.fingerprint == proposal.fingerprint
    assert agreed.proposal.by == "model"
    assert agreed.catalogue == catalogue.hash
    assert await store.tagged(proposal.reference) == [chat.id]


async def test_has_no_word_that_anybody_wrote_and_no_name(catalogue: Catalogue) -> None:
    store = MemoryStore()
    agent = small.agent_over(catalogue, ScriptedModel([SQL, SQL]), store=store)
    chat = agent.start(ADA)
    await chat.send(SAID)
    await chat.press("edit", text="It is the heliotrope one, says Ada Lovelace, ada@acme.com")
    await chat.press("start")
    kept = "\n".join(await store.history(chat.id)).lower()
    assert kept.count('"outcome"') == 3
    for word in ("heliotrope", "lovelace", "acme", "4711", "query"):
        assert word not in kept
    subjects = {json.loads(line)["subject"] for line in await store.history(chat.id)}
    assert subjects == {(await agent._runtime.pseudonyms.of_user(ADA))[0]}


async def test_tells_who_chose(catalogue: Catalogue) -> None:
    store = MemoryStore()
    agent = small.agent_over(catalogue, ScriptedModel([ModelUnavailable("down")]), store=store)
    chat = agent.start()
    await chat.send(SAID)
    await chat.press("choose", queue_id=small.DESK)
    found = await history(store, chat.id)
    assert [(e.proposal.by if e.proposal else "", e.degraded) for e in found] == [
        ("search", True),
        ("person", False),
    ]
    assert found[0].subject is None


async def test_a_yes_that_could_not_be_carried_out_is_there_too(catalogue: Catalogue) -> None:
    store = MemoryStore()
    agent = small.agent_over(catalogue, ScriptedModel([SQL]), store=store)
    chat = agent.start()
    await chat.send(SAID)

    def broken(*_: object) -> None:
        raise RuntimeError

    agent._runtime._desk.target.open = broken  # type: ignore[method-assign,assignment]
    await chat.send("yes")
    await chat.press("cancel")
    assert await told(store, chat.id) == [
        (("said",), "proposal"),
        (("said",), "not_opened"),
        (("cancel",), "closed"),
    ]


async def test_pressing_again_is_the_link_again(catalogue: Catalogue) -> None:
    store = MemoryStore()
    agent = small.agent_over(catalogue, ScriptedModel([SQL]), store=store)
    chat = agent.start()
    await chat.send(SAID)
    await chat.press("start")
    await chat.press("start")
    assert [outcome for _, outcome in await told(store, chat.id)] == ["proposal", "handoff", "link_again"]


async def test_a_person_is_found_by_id_and_by_address_whatever_the_case(catalogue: Catalogue) -> None:
    store = MemoryStore()
    agent = small.agent_over(
        catalogue, ScriptedModel([Ask(question="What?"), Ask(question="What?")]), store=store
    )
    chat, other = agent.start(ADA), agent.start(User(id="u-4711", tenant="another"))
    await chat.send("hello")
    await other.send("hello")
    pseudonyms = agent._runtime.pseudonyms
    assert await store.tagged(await pseudonyms.of_name("ADA@Acme.com ")) == [chat.id]
    assert await store.tagged(await pseudonyms.of_name("u-4711")) == [chat.id]
    assert await store.tagged(await pseudonyms.of_name("u-4711", "another")) == [other.id]


async def test_a_key_of_ones_own_makes_other_pseudonyms_and_processes_share_the_random_one(
    catalogue: Catalogue,
) -> None:
    from agent.pseudonyms import Pseudonyms

    store = MemoryStore()
    one, two = Pseudonyms(store), Pseudonyms(store)
    assert await one.of_user(ADA) == await two.of_user(ADA)
    assert await Pseudonyms(store, "k" * 16).of_user(ADA) != await one.of_user(ADA)
    assert await Pseudonyms(store, "k" * 16).of_user(ADA) == await Pseudonyms(
        MemoryStore(), "k" * 16
    ).of_user(ADA)
    assert await one.of_user(User(name="nobody in particular")) == ()


async def test_a_conversation_is_forgotten_and_its_history_stays(catalogue: Catalogue) -> None:
    store = MemoryStore()
    agent = small.agent_over(catalogue, ScriptedModel([SQL]), store=store, keep=timedelta(seconds=0.5))
    chat = agent.start(ADA)
    await chat.send(SAID)
    assert await agent.load(chat.id)
    await asyncio.sleep(0.6)
    assert await agent.load(chat.id) is None
    assert await told(store, chat.id) == [(("said",), "proposal")]
