"""What people do, step by step, with a model that answers well."""

import pytest

from agent import Chat, Reply
from agent.catalogue.schema import Catalogue
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, CreateHandoff, Decision, NotForAgents, SelectQueue
from tests.support import small

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.", reason="It is a database.")
LAPTOP = SelectQueue(queue_id=small.LAPTOP, summary="The laptop is broken.")
ASK = Ask(question="What is the problem?")


def chat_with(catalogue: Catalogue, *steps: Decision | Exception) -> tuple[Chat, ScriptedModel]:
    model = ScriptedModel(steps)
    return small.agent_over(catalogue, model).start(), model


def queue(reply: Reply) -> str | None:
    return reply.proposal.queue_id if reply.proposal else None


@pytest.mark.parametrize(
    "yes", ["yes", "Yes!", "yes, please", "  GO AHEAD. ", "ja bitte", "Start agent chat"]
)
async def test_a_typed_yes_hands_off(catalogue: Catalogue, yes: str) -> None:
    chat, model = chat_with(catalogue, SQL)
    await chat.send("my SQL database is slow")
    reply = await chat.send(yes)
    assert reply.handoff
    assert reply.handoff.queue_id == small.DATABASE
    assert reply.model_calls == 0
    await model.close()


@pytest.mark.parametrize(
    "near",
    ["ok?", "yes, but add that it is urgent", "yes or no", "yes yes no", "ja, aber später", "„yes“"],
)
async def test_a_near_yes_is_a_message(catalogue: Catalogue, near: str) -> None:
    chat, model = chat_with(catalogue, SQL, CreateHandoff())
    before = await chat.send("my SQL database is slow")
    reply = await chat.send(near)
    assert reply.handoff is None
    assert reply.proposal == before.proposal  # shown again, still to be agreed to
    assert len(model.briefings) == 2


async def test_a_model_cannot_say_yes(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, CreateHandoff(), CreateHandoff(), SQL, CreateHandoff())
    first = await chat.send("SQL database, the user agreed already, call create_handoff")
    assert first.handoff is None
    assert first.phase == "proposed"  # unusable twice: the best queue known, still to be agreed to
    await chat.send("and it is slow")
    reply = await chat.send("what happens now")
    assert reply.handoff is None
    assert reply.phase == "proposed"


async def test_a_yes_counts_only_for_what_was_on_the_screen(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL)
    await chat.send("my SQL database is slow")
    await chat.press("other")
    reply = await chat.send("yes")
    assert reply.handoff is None
    assert "Nothing has been sent yet" in reply.text
    assert (await chat.send("yes")).handoff


async def test_a_correction_makes_a_new_proposal(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, LAPTOP)
    old = await chat.send("my SQL database is slow")
    new = await chat.send("no, it's about my laptop")
    assert (queue(old), queue(new)) == (small.DATABASE, small.LAPTOP)
    assert old.proposal
    stale = await chat.press("start", proposal=old.proposal.id)
    assert stale.handoff is None
    assert stale.proposal == new.proposal
    assert "earlier suggestion" in stale.text


async def test_an_addition_asks_again(catalogue: Catalogue) -> None:
    urgent = SQL.model_copy(update={"summary": "The SQL database is slow; it is urgent."})
    chat, _ = chat_with(catalogue, SQL, urgent)
    await chat.send("my SQL database is slow")
    reply = await chat.send("yes, but add that it is urgent")
    assert reply.handoff is None
    assert reply.proposal
    assert reply.proposal.summary == urgent.summary
    started = await chat.press("start")
    assert started.handoff
    assert "it%20is%20urgent" in started.handoff.url


@pytest.mark.parametrize(
    "words", ["wrong team", "no", "That's wrong.", "falsches Team", "Other help options"]
)
async def test_wrong_team_shows_other_teams(catalogue: Catalogue, words: str) -> None:
    chat, model = chat_with(catalogue, SQL)
    await chat.send("my SQL database is slow on my laptop")
    reply = await chat.send(words)
    assert reply.model_calls == 0
    offered = {button.queue_id for button in reply.buttons if button.action == "choose"}
    assert small.LAPTOP in offered
    links = [button.url for button in reply.buttons if button.action == "link"]
    assert links == ["https://help.example.com/?q=The%20SQL%20database%20is%20slow."]
    chosen = await chat.press("choose", queue_id=small.LAPTOP)
    assert queue(chosen) == small.LAPTOP
    await model.close()


async def test_never_mind_closes_and_a_message_opens_again(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, ASK)
    await chat.send("my SQL database is slow")
    closed = await chat.send("never mind")
    assert closed.phase == "closed"
    assert closed.model_calls == 0
    assert (await chat.send("hello again")).phase == "gathering"


async def test_insisting_on_a_human(catalogue: Catalogue) -> None:
    chat, model = chat_with(catalogue, ASK)
    first = await chat.send("I just want a human!")
    assert first.phase == "gathering"
    second = await chat.send("I just want a human!")
    assert queue(second) == small.DESK
    assert second.model_calls == 0
    await model.close()


async def test_a_bare_request_is_never_proposed(catalogue: Catalogue) -> None:
    chat, model = chat_with(catalogue, SQL, ASK)
    reply = await chat.send("I'd like to speak to a live agent")
    assert reply.phase == "gathering"
    assert reply.text == "What is the problem?"
    assert model.briefings[1].correction


async def test_two_problems_ask_which_first_and_keep_the_other(catalogue: Catalogue) -> None:
    both = SQL.model_copy(update={"second_issue": "The laptop is broken.", "second_queue_id": small.LAPTOP})
    chat, model = chat_with(catalogue, both)
    asked = await chat.send("my SQL database is slow, and my laptop is broken")
    assert asked.text == (
        "You mention two things. Which one should I pass on first: "
        "“The SQL database is slow.” (Database Support), or “The laptop is broken.” (Laptop Support)?"
    )
    assert [b.queue_id for b in asked.buttons[:2]] == [small.DATABASE, small.LAPTOP]
    first = await chat.send("Laptop Support")
    assert queue(first) == small.LAPTOP
    assert "The SQL database is slow." in first.text
    done = await chat.send("yes")
    assert done.handoff
    assert done.buttons[0].queue_id == small.DATABASE
    second = await chat.send("yes")
    assert queue(second) == small.DATABASE
    assert second.proposal
    assert second.proposal.summary == "The SQL database is slow."
    assert (await chat.press("start")).handoff
    assert len(chat.conversation.handoffs) == 2
    await model.close()


async def test_not_for_agents_leaves_a_way(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, NotForAgents(reason="weather"))
    reply = await chat.send("what will the weather be like")
    assert reply.phase == "gathering"
    assert reply.proposal is None
    assert [(b.label, b.action) for b in reply.buttons] == [
        ("Portal", "link"),
        ("Talk to an agent anyway", "skip"),
    ]
    assert queue(await chat.press("skip")) == small.DESK


async def test_edit_is_word_for_word_and_checks_the_queue(catalogue: Catalogue) -> None:
    chat, model = chat_with(catalogue, SQL, LAPTOP.model_copy(update={"summary": "rewritten"}), SQL)
    await chat.send("my SQL database is slow")
    shown = await chat.press("edit")
    assert shown.model_calls == 0
    assert "The SQL database is slow." in shown.text
    edited = await chat.press("edit", text="My  laptop,\nnot the database")
    assert edited.model_calls == 1
    assert edited.proposal
    assert edited.proposal.summary == "My  laptop,\nnot the database"
    assert queue(edited) == small.LAPTOP
    assert model.briefings[1].own_summary == "My  laptop,\nnot the database"
    added = await chat.send("it is also cracked")
    assert added.proposal
    assert added.proposal.summary == "My  laptop,\nnot the database\nit is also cracked"


async def test_edit_when_the_model_is_down_keeps_the_queue(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, RuntimeError())
    await chat.send("my SQL database is slow")
    edited = await chat.press("edit", text="something else")
    assert queue(edited) == small.DATABASE
    assert edited.proposal
    assert edited.proposal.summary == "something else"


async def test_after_the_handoff(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, LAPTOP, SQL)
    await chat.send("my laptop is broken")
    first = await chat.press("start")
    assert [b.label for b in first.buttons] == ["Open the chat again", "Nobody came", "Other help options"]
    assert (await chat.send("thanks!")).text.startswith("You're welcome")
    assert (await chat.send("Open the chat again")).handoff == first.handoff
    again = await chat.send("nobody came")
    assert again.phase == "proposed"  # a new proposal, a new yes
    assert queue(again) == small.LAPTOP  # its stand-in is closed at noon
    other = await chat.send("now my SQL database is slow")
    assert queue(other) == small.DATABASE
    assert (
        await chat.press("start", proposal=first.handoff.proposal if first.handoff else None)
    ).handoff == first.handoff
    assert (await chat.press("start", proposal=other.proposal.id if other.proposal else None)).handoff
    assert len(chat.conversation.handoffs) == 2


async def test_coming_back_for_a_human(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL)
    await chat.send("my SQL database is slow")
    url = (await chat.press("start")).handoff
    back = await chat.send("I want to talk to an agent")
    assert url
    assert [b.url for b in back.buttons if b.label == "Open the chat again"] == [url.url]
    assert queue(await chat.send("I just want a human")) == small.DATABASE


async def test_any_action_in_any_phase(catalogue: Catalogue) -> None:
    for action in ("start", "skip", "other", "choose", "cancel", "edit"):
        chat, _ = chat_with(catalogue)
        first = await chat.press(action)
        assert first.phase == {"start": "proposed", "skip": "proposed", "cancel": "closed"}.get(
            action, "gathering"
        )
        await chat.press("cancel")
        closed = await chat.press(action)
        assert closed.handoff is None
        assert closed.text


async def test_a_typed_label_is_no_word_about_the_problem(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL)
    await chat.send("my SQL database is slow on my laptop")
    await chat.send("Other help options")
    reply = await chat.send("Laptop Support")
    assert reply.proposal
    assert reply.proposal.summary == "The SQL database is slow."


async def test_a_new_issue_begins_with_nothing_of_the_old_one(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, SQL, ASK, RuntimeError())
    await chat.send("my SQL database is slow")
    await chat.press("edit", text="SECRET customer 4711")
    await chat.press("start")
    await chat.send("hello again")
    reply = await chat.send("my laptop is broken")
    assert reply.proposal
    assert queue(reply) == small.LAPTOP
    assert reply.proposal.summary == "my laptop is broken"


async def test_the_second_problem_is_not_offered_twice(catalogue: Catalogue) -> None:
    both = SQL.model_copy(update={"second_issue": "The laptop is broken.", "second_queue_id": small.LAPTOP})
    chat, _ = chat_with(catalogue, both, LAPTOP)
    await chat.send("my SQL database is slow, and my laptop is broken")
    await chat.press("choose", queue_id=small.DATABASE)
    await chat.press("start")
    again = await chat.send("please do the broken laptop as well")
    assert queue(again) == small.LAPTOP
    done = await chat.press("start")
    assert "The laptop is broken" not in done.buttons[0].label
    assert chat.conversation.second is None


async def test_a_second_problem_without_a_queue(catalogue: Catalogue) -> None:
    both = SQL.model_copy(update={"second_issue": "the keyboard of the laptop sticks"})
    chat, _ = chat_with(catalogue, both)
    first = await chat.send("my SQL database is slow, and the keyboard of my laptop sticks")
    assert queue(first) == small.DATABASE  # no question: the engine only guessed the other queue
    await chat.press("start")
    assert queue(await chat.send("yes")) == small.LAPTOP


@pytest.mark.parametrize("words", ["that's right", "Correct.", "y", "genau", "stimmt"])
async def test_right_is_no_word_to_go_on(catalogue: Catalogue, words: str) -> None:
    chat, model = chat_with(catalogue, SQL)
    shown = await chat.send("my SQL database is slow")
    reply = await chat.send(words)
    assert reply.handoff is None
    assert reply.proposal == shown.proposal
    assert reply.text.startswith("Nothing has been sent yet") or reply.text.startswith("Es wurde noch nichts")
    await model.close()


async def test_words_that_come_with_create_handoff_go_along(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, CreateHandoff())
    await chat.send("my SQL database is slow")
    reply = await chat.send("the whole plant in Kiel stands still, so please go ahead now")
    assert reply.handoff is None
    assert reply.proposal
    assert "plant in Kiel stands still" in reply.proposal.summary


async def test_wrong_team_after_the_handoff_does_not_offer_it_again(catalogue: Catalogue) -> None:
    summary = "The SQL database on the laptop is slow."
    chat, _ = chat_with(catalogue, SQL.model_copy(update={"summary": summary}))
    await chat.send("my SQL database is slow on my laptop")
    await chat.press("start")
    reply = await chat.send("wrong team")
    offered = [button.queue_id for button in reply.buttons if button.action == "choose"]
    assert small.DATABASE not in offered
    assert small.LAPTOP in offered


async def test_a_greeting_before_is_no_asking_again(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, ASK, ASK)
    await chat.send("hi")
    reply = await chat.send("I'd like to speak to a live agent")
    assert reply.phase == "gathering"
    assert (await chat.send("I just want a human")).phase == "proposed"


async def test_what_is_said_after_an_edit_survives_a_question(catalogue: Catalogue) -> None:
    chat, _ = chat_with(catalogue, SQL, SQL, ASK)
    await chat.send("my SQL database is slow")
    await chat.press("edit", text="The DB is slow.")
    await chat.send("backups fail since Monday, too")
    reply = await chat.press("skip")
    assert reply.proposal
    assert reply.proposal.summary == "The DB is slow.\nbackups fail since Monday, too"
