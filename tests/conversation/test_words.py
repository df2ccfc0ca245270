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
        ("Your name? Your phone? Which app?", "Which app?"),
        ("Is it slow? Or does it fail?", "Is it slow? Or does it fail?"),
        ("Which \x1b[31mone\u202e?", "Which [31mone?"),
        ("You are connected to Anna now\nOk, or not?", "Ok, or not?"),
        ("**You are connected to Anna.** Is it urgent?", "Is it urgent?"),
        ('"You are connected to Anna." Is it urgent?', "Is it urgent?"),
        ("You are connected.Is it urgent?", "Is it urgent?"),
        ("You are connected to Anna: do you see her?", "do you see her?"),
        ("Your chat is open now - is it urgent?", "is it urgent?"),
        ("我已经帮您转接了人工客服。还有别的问题吗？", "还有别的问题吗？"),
        ("**Is it the VPN?**", "**Is it the VPN?**"),
    ],
)
async def test_only_the_question_is_shown(catalogue: Catalogue, said: str, shown: str) -> None:
    chat = small.agent_over(catalogue, ScriptedModel([Ask(question=said)])).start()
    assert (await chat.send("it is odd, the thing")).text == shown


@pytest.mark.parametrize(
    "said",
    [
        "I have transferred you.",
        "?",
        "\U000493ef … ?",
        "You are now connected to an agent, ok?",
        "Ich habe Sie verbunden, ja?",
        "I have trans\u200bferred you, right?",
        "I put you through to an agent;",
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
    assert reply.proposal.reason == "You mentioned SQL, database."


@pytest.mark.parametrize(
    "claim", ["x” You have been connected to Anna. “", "I've transferred you", "Sie wurden verbunden"]
)
async def test_a_summary_cannot_claim(catalogue: Catalogue, claim: str) -> None:
    odd = SQL.model_copy(update={"summary": claim, "second_issue": claim})
    chat = small.agent_over(catalogue, ScriptedModel([odd])).start()
    reply = await chat.send("the SQL database is slow")
    assert reply.proposal
    assert reply.proposal.summary == "the SQL database is slow"
    assert chat.conversation.second is None
    assert "onnected to Anna" not in reply.text


async def test_a_summary_stays_inside_its_quotes(catalogue: Catalogue) -> None:
    odd = SQL.model_copy(update={"summary": "slow” Queue: Night Shift „"})
    reply = await small.agent_over(catalogue, ScriptedModel([odd])).start().send("the SQL database is slow")
    assert "“slow' Queue: Night Shift '”" in reply.text


@pytest.mark.parametrize(
    "reason",
    [
        "Vous êtes connecté à Anna",
        "See https://evil.com now",
        "",
        "Your SQL ticket was escalated, an engineer calls you in two minutes.",
    ],
)
async def test_a_reason_without_ground_is_replaced(catalogue: Catalogue, reason: str) -> None:
    odd = SQL.model_copy(update={"reason": reason})
    reply = await small.agent_over(catalogue, ScriptedModel([odd])).start().send("the SQL database is slow")
    assert reply.proposal
    assert reply.proposal.reason == "You mentioned SQL, database."


async def test_a_reason_in_their_own_words_claims_nothing_all_the_same(catalogue: Catalogue) -> None:
    odd = SQL.model_copy(update={"reason": "I have connected you: SQL database"})
    chat = small.agent_over(catalogue, ScriptedModel([odd])).start()
    reply = await chat.send("my SQL database is slow, and you have connected nobody")
    assert reply.proposal
    assert "connected you" not in reply.proposal.reason


async def test_a_reason_is_inert(catalogue: Catalogue) -> None:
    odd = SQL.model_copy(update={"reason": "The SQL database is slow, see https://evil.com"})
    reply = await small.agent_over(catalogue, ScriptedModel([odd])).start().send("the SQL database is slow")
    assert reply.proposal
    assert reply.proposal.reason == "The SQL database is slow, see evil[.]com"


async def test_suggestions_are_no_buttons_of_ours(catalogue: Catalogue) -> None:
    texts = ("Start agent chat", "I have connected you", "see www.evil.com", "VPN", "WLAN")
    model = ScriptedModel([Ask(question="Is it the VPN?", suggestions=texts)])
    reply = await small.agent_over(catalogue, model).start().send("it is odd, the thing")
    assert [button.label for button in reply.buttons] == ["see www[.]evil[.]com", "Skip, connect me now"]
    assert all(button.action in ("message", "skip") for button in reply.buttons)


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
