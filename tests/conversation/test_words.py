"""Promise 6: model text is shown only as a question; and what anybody writes is only text."""

import pytest

from agent.catalogue.schema import Catalogue
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from tests.support import small

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("What is it about?", "What is it about?"),
        ("I have connected you. Anything else?", "Anything else?"),
        ("Great! You are all set. Is it urgent?", "Is it urgent?"),
        (
            "Is it https://evil.example.com/x or www.evil.com?",
            "Is it evil[.]example[.]com/x or www[.]evil[.]com?",
        ),
        ("Is it [here](https://evil.com)?", "Is it here evil[.]com?"),
        ("Which\n\x1b[31mone\u202e?", "Which [31mone?"),
    ],
)
async def test_only_the_question_is_shown(catalogue: Catalogue, said: str, shown: str) -> None:
    chat = small.agent_over(catalogue, ScriptedModel([Ask(question=said)])).start()
    assert (await chat.send("it is odd, the thing")).text == shown


@pytest.mark.parametrize(
    "said",
    [
        "I have transferred you.",
        "You are now connected to an agent, ok?",
        "Ich habe Sie verbunden, ja?",
        "",
        "???" * 300,
    ],
)
async def test_what_is_no_question_is_not_shown(catalogue: Catalogue, said: str) -> None:
    model = ScriptedModel([Ask(question=said), Ask(question="What is it about?")])
    reply = await small.agent_over(catalogue, model).start().send("it is odd, the thing")
    assert reply.text == "What is it about?"
    assert model.briefings[1].correction


async def test_summary_and_reason_are_inert(catalogue: Catalogue) -> None:
    odd = SQL.model_copy(
        update={
            "summary": "See https://evil.com/a\nand https://wiki.acme.com/sql",
            "reason": "You are now connected. https://evil.com",
        }
    )
    chat = small.agent_over(catalogue, ScriptedModel([odd])).start()
    reply = await chat.send("the SQL database of https://wiki.acme.com/sql is slow")
    assert reply.proposal
    assert reply.proposal.summary == "See evil[.]com/a and https://wiki.acme.com/sql"
    assert reply.proposal.reason == ""


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07", "\u202e"])
async def test_nothing_said(catalogue: Catalogue, text: str) -> None:
    chat = small.agent_over(catalogue, ScriptedModel([])).start()
    before = chat.dump()
    reply = await chat.send(text)
    assert reply.text == "I did not get any text. What can I help you with?"
    assert chat.dump() == before


async def test_too_long_changes_nothing(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, ScriptedModel([SQL, SQL])).start()
    shown = await chat.send("my SQL database is slow" + " and slow" * 1_775)
    before = chat.dump()
    for reply in (await chat.send("x" * 16_001), await chat.press("edit", text="x" * 16_001)):
        assert "16001 characters, and at most 16000" in reply.text
        assert reply.proposal == shown.proposal  # still on the screen, still good
    assert chat.dump() == before
    assert (await chat.press("start")).handoff


@pytest.mark.parametrize(
    "text",
    [
        '<b>SQL</b> <script>alert(1)</script> & "database"',
        "**SQL** [database](javascript:alert(1))",
        "قاعدة بيانات SQL بطيئة",
        "SQL 😀👩‍👩‍👧 database",
        "SQL {summary} {0} %s database",
        "SQL \udc80 database",
    ],
)
async def test_odd_text_is_only_text(catalogue: Catalogue, text: str) -> None:
    chat = small.agent_over(catalogue, ScriptedModel([RuntimeError()])).start()
    reply = await chat.send(text)
    assert reply.proposal
    assert reply.proposal.summary == text.replace("\udc80", "?")
    assert chat.dump()
    started = await chat.press("start")
    assert started.handoff
    assert started.handoff.url.isascii()
