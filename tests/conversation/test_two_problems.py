"""Two problems at once, and what belongs to which."""

import pytest

from agent import Chat, Reply
from agent.catalogue.schema import Catalogue
from agent.models.embedded import EmbeddedModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import Decision, SelectQueue
from tests.support import small

BOTH = SelectQueue(
    queue_id=small.DATABASE,
    summary="The SQL database is slow.",
    second_issue="The laptop is broken.",
    second_queue_id=small.LAPTOP,
)
SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow; it is urgent.")
LAPTOP = SelectQueue(queue_id=small.LAPTOP, summary="The laptop is broken.")


async def asked(catalogue: Catalogue, *steps: Decision) -> Chat:
    chat = small.agent_over(catalogue, ScriptedModel([BOTH, *steps])).start()
    reply = await chat.send("my SQL database is slow, and my laptop is broken")
    assert reply.text.startswith("You mention two things.")
    return chat


def shown(reply: Reply) -> tuple[str, str]:
    assert reply.proposal
    return reply.proposal.queue_id, reply.proposal.summary


async def test_an_addition_after_the_choice_is_kept(catalogue: Catalogue) -> None:
    chat = await asked(catalogue, BOTH, SQL)
    assert shown(await chat.send("the database first")) == (small.DATABASE, "The SQL database is slow.")
    assert shown(await chat.send("yes, but it is urgent")) == (small.DATABASE, SQL.summary)


async def test_details_in_the_answer_go_along(catalogue: Catalogue) -> None:
    chat = await asked(catalogue, LAPTOP)
    _, summary = shown(await chat.send("the laptop first, it fell down the stairs this morning"))
    assert summary.startswith("The laptop is broken. the laptop first, it fell")


@pytest.mark.parametrize(
    ("words", "queue"),
    [
        ("the first one", small.DATABASE),
        ("first", small.DATABASE),
        ("the second one", small.LAPTOP),
        ("the latter", small.LAPTOP),
        ("das erste", small.DATABASE),
        ("das zweite bitte", small.LAPTOP),
    ],
)
async def test_ordinals(catalogue: Catalogue, words: str, queue: str) -> None:
    chat = small.agent_over(catalogue, EmbeddedModel()).start()
    await chat.send("my SQL database is failing and my laptop screen is dark")
    assert shown(await chat.send(words))[0] == queue


async def test_skip_under_the_question(catalogue: Catalogue) -> None:
    chat = await asked(catalogue)
    reply = await chat.press("skip")
    assert shown(reply) == (small.DATABASE, "The SQL database is slow.")
    assert "The laptop is broken." in reply.text


async def test_a_finished_problem_does_not_come_back(catalogue: Catalogue) -> None:
    chat = await asked(catalogue)
    await chat.press("choose", queue_id=small.DATABASE)
    await chat.press("start")
    await chat.send("I just want a human!")
    assert shown(await chat.press("choose", queue_id=small.LAPTOP)) == (small.LAPTOP, "The laptop is broken.")
    assert chat.conversation.second is None


async def test_own_words_stay_with_their_problem(catalogue: Catalogue) -> None:
    chat = await asked(catalogue, SQL)
    await chat.press("choose", queue_id=small.DATABASE)
    await chat.press("edit", text="DB7 hangs")
    assert shown(await chat.press("choose", queue_id=small.LAPTOP)) == (small.LAPTOP, "The laptop is broken.")
    assert chat.conversation.second
    assert chat.conversation.second.summary == "DB7 hangs"
    await chat.press("start")
    assert shown(await chat.send("yes")) == (small.DATABASE, "DB7 hangs")


async def test_own_words_stay_with_their_problem_when_it_is_said(catalogue: Catalogue) -> None:
    chat = await asked(catalogue, SQL, LAPTOP)
    await chat.press("choose", queue_id=small.DATABASE)
    await chat.press("edit", text="DB7 hangs")
    assert shown(await chat.send("do the broken laptop before that")) == (
        small.LAPTOP,
        "The laptop is broken.",
    )
    assert chat.conversation.second
    assert chat.conversation.second.summary == "DB7 hangs"


async def test_nobody_came_is_about_the_chat_that_was_made(catalogue: Catalogue) -> None:
    chat = await asked(catalogue)
    await chat.press("choose", queue_id=small.DATABASE)
    await chat.press("start")
    await chat.send("yes")  # the laptop is proposed
    reply = await chat.send("nobody came")
    assert shown(reply)[1] == "The SQL database is slow."
    assert reply.text.startswith("I am sorry that nobody came.")
    await chat.press("cancel")
    assert shown(await chat.send("nobody came"))[1] == "The SQL database is slow."
