"""One test for each guard that nothing else would miss."""

import asyncio

import pytest

from agent import Chat, Limits, User
from agent.catalogue.schema import Catalogue, Queue
from agent.catalogue.view import may_see
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, CreateHandoff, Decision, NotForAgents, SelectQueue
from tests.support import small
from tests.support.waiting import Waiting

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")
LAPTOP = SelectQueue(queue_id=small.LAPTOP, summary="The laptop is broken.")
ASK = Ask(question="What is the problem?")


def chat_with(catalogue: Catalogue, *steps: Decision | Exception) -> tuple[Chat, ScriptedModel]:
    model = ScriptedModel(steps)
    return small.agent_over(catalogue, model).start(), model


def test_every_attribute_has_to_match() -> None:
    queue = Queue(id="q", name="Q", only_for={"region": ("EU", "UK"), "team": ("sales",)})
    assert may_see(queue, User(attributes={"region": "UK", "team": ["hr", "sales"]}))
    assert not may_see(queue, User(attributes={"region": "EU"}))
    assert not may_see(queue, User(attributes={"region": "EU", "team": "hr"}))
    assert not may_see(queue, User())


async def test_a_question_takes_the_proposal_away(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, ASK)
    shown = await chat.send("my SQL database is slow")
    asked = await chat.send("it may be something else")
    assert asked.phase == "gathering"
    assert chat.conversation.proposal is None
    assert shown.proposal
    again = await chat.press("start", proposal=shown.proposal.id)
    assert again.handoff is None
    assert again.proposal
    assert again.proposal.id != shown.proposal.id


async def test_hidden_queues_are_dropped_from_questions(catalogue: Catalogue) -> None:
    ask = ASK.model_copy(update={"between": (small.EU, small.DATABASE, "nonsense", small.DATABASE)})
    chat, _ = chat_with(catalogue, ask)
    await chat.send("the salary database")
    assert chat.conversation.asked_between == (small.DATABASE,)


async def test_a_hidden_second_queue_is_not_kept(catalogue: Catalogue) -> None:
    both = SQL.model_copy(update={"second_issue": "The laptop screen is dark.", "second_queue_id": small.EU})
    chat, _ = chat_with(catalogue, both)
    reply = await chat.send("the SQL database is slow, and my laptop screen is dark")
    assert reply.phase == "proposed"  # the engine's guess asks no question
    assert chat.conversation.second
    assert chat.conversation.second.queue_id == small.LAPTOP


async def test_two_problems_do_not_ask_beyond_the_budget(catalogue: Catalogue) -> None:
    both = SQL.model_copy(update={"second_issue": "The laptop is broken.", "second_queue_id": small.LAPTOP})
    chat, _ = chat_with(catalogue, ASK, ASK, both)
    for text in ("it is odd, the thing", "the SQL database"):
        await chat.send(text)
    reply = await chat.send("and my laptop")
    assert reply.proposal
    assert "The laptop is broken." in reply.text


async def test_create_handoff_without_a_proposal_is_refused(catalogue: Catalogue) -> None:
    chat, model = chat_with(catalogue, CreateHandoff(), SQL)
    reply = await chat.send("my SQL database is slow")
    assert reply.model_calls == 2
    assert "Nothing is proposed yet" in (model.briefings[1].correction or "")


async def test_asking_for_a_human_after_not_for_agents_is_insisting(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, NotForAgents())
    await chat.send("the canteen menu")
    reply = await chat.send("I want a human")
    assert reply.proposal
    assert reply.model_calls == 0


async def test_the_question_budget_begins_anew_after_a_handoff_and_a_cancel(catalogue: Catalogue) -> None:
    chat, model = chat_with(catalogue, ASK, ASK, ASK, ASK, ASK)
    for text in ("it is odd, the thing", "the SQL database"):
        await chat.send(text)
    await chat.press("skip")
    await chat.press("start")
    assert (await chat.send("my laptop is broken")).phase == "gathering"
    await chat.press("cancel")
    await chat.send("my laptop is broken")
    assert (await chat.send("the screen")).phase == "gathering"
    assert [briefing.questions_left for briefing in model.briefings] == [2, 1, 2, 2, 1]
    assert [briefing.since for briefing in model.briefings] == [0, 0, 8, 12, 12]


async def test_nothing_survives_a_cancel(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, SQL)
    await chat.send("my SQL database is slow")
    await chat.press("edit", text="SECRET 4711")
    await chat.press("cancel")
    reply = await chat.press("skip")
    assert reply.proposal
    assert (reply.proposal.queue_id, reply.proposal.summary) == (small.DESK, "")


@pytest.mark.parametrize(
    ("last", "phase"), [("thanks", "proposed"), ("yes", "proposed"), ("never mind", "closed")]
)
async def test_of_several_messages_only_a_last_word_to_stop_is_understood(
    catalogue: Catalogue, last: str, phase: str
) -> None:
    model = Waiting([ASK, LAPTOP])
    chat = small.agent_over(catalogue, model).start()
    first = asyncio.create_task(chat.send("my laptop"))
    await asyncio.wait_for(model.asked.wait(), 5)
    second = asyncio.create_task(chat.send(last))
    while len(chat.conversation.messages) < 2:  # noqa: ASYNC110  # the store tells nobody
        await asyncio.sleep(0)
    model.let.set()
    assert await first == await second
    assert chat.conversation.phase == phase


async def test_the_same_again_is_no_new_proposal(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, SQL)
    shown = await chat.send("my SQL database is slow")
    again = await chat.send("so what happens now")
    assert again.proposal == shown.proposal
    assert "Nothing has been sent yet" in again.text


async def test_a_language_that_is_known_stays_for_a_short_yes(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL)
    await chat.send("meine Datenbank ist seit heute so langsam")
    reply = await chat.send("ok")
    assert reply.handoff
    assert reply.text.startswith("Ihr Chat mit Database Support")


async def test_a_target_that_hangs_does_not_hold_a_press(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def open_(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("agent.targets.url_template.UrlTemplate.open", open_)
    chat = small.agent_over(catalogue, ScriptedModel([SQL]), limits=Limits(seconds=0.2)).start()
    await chat.send("my SQL database is slow")
    reply = await asyncio.wait_for(chat.press("start"), 20)
    assert reply.handoff is None
    assert "no agent knows of it yet" in reply.text


async def test_a_hidden_queue_cannot_be_selected(catalogue: Catalogue) -> None:
    hidden = SelectQueue(queue_id=small.EU, summary="The payslip is wrong.")
    chat, model = chat_with(catalogue, hidden, hidden)
    reply = await chat.send(f"my {small.CANARY} payslip is wrong")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    assert f'no queue "{small.EU}"' in (model.briefings[1].correction or "")
    assert (await chat.press("choose", queue_id=small.EU)).text.startswith("There is no such team")
