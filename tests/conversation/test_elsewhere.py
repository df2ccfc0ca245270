"""What is nobody's here: asked openly once, then told so, and whoever goes on is connected."""

import pytest

from agent import Chat, User
from agent.catalogue.schema import Catalogue
from agent.language.locale import locales
from agent.models.embedded import EmbeddedModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, NotForAgents
from tests.support import small

EN, DE = locales()["en"], locales()["de"]
NOTHING = "სუპი საპნის გემოსია"  # soup that tastes of soap, in words that no vector and no description has


@pytest.fixture
def chat(catalogue: Catalogue) -> Chat:
    return small.agent_over(catalogue, EmbeddedModel()).start()


async def told(chat: Chat) -> None:
    asked = await chat.send(NOTHING)
    assert asked.text == EN("ask_more")
    assert [button.action for button in asked.buttons] == ["skip"]
    reply = await chat.send("სუპი, საპონი")
    assert reply.text == EN("not_for_agents")
    assert reply.phase == "gathering"
    assert reply.proposal is None
    assert [button.label for button in reply.buttons] == ["Portal", "Talk to an agent anyway"]
    assert [button.action for button in reply.buttons] == ["link", "skip"]


async def test_the_button_leads_to_a_proposal(chat: Chat) -> None:
    await told(chat)
    reply = await chat.press("skip")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    assert NOTHING in reply.proposal.summary
    assert (await chat.press("start")).handoff


@pytest.mark.parametrize(
    "text", ["Talk to an agent anyway", "talk to an agent anyway!", "agent please", "connect me now"]
)
async def test_so_does_asking_for_an_agent(chat: Chat, text: str) -> None:
    await told(chat)
    reply = await chat.send(text)
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    assert reply.model_calls == 0


async def test_so_does_going_on(chat: Chat) -> None:
    """What fits nothing goes to the default queue, as the button does it."""
    await told(chat)
    reply = await chat.send(NOTHING)
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    assert NOTHING in reply.proposal.summary


@pytest.mark.parametrize(
    "text", ["but the soap!", "die Suppe schmeckt aber nach Seife", "mais la soupe ne me va pas"]
)
async def test_so_does_going_on_in_any_language(chat: Chat, text: str) -> None:
    await told(chat)
    reply = await chat.send(text)
    assert reply.text not in (EN("not_for_agents"), DE("not_for_agents"), EN("ask_more"), DE("ask_more"))
    assert reply.phase == "proposed" or reply.buttons[0].style == "filled"


async def test_who_goes_on_with_something_else_gets_its_queue(chat: Chat) -> None:
    await told(chat)
    reply = await chat.send("all right, then my SQL database: failing queries, connections, backups")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE


async def test_an_answer_takes_nothing_back(chat: Chat) -> None:
    """What they came with was like something here; much that is not does not make it nobody's."""
    assert (await chat.send("my notebook")).text == EN("ask_more")
    reply = await chat.send(
        "since the party for the summer, when my aunt was here with the children and the dog, and my uncle sang"
    )
    assert reply.proposal
    assert "notebook" in reply.proposal.summary


async def test_a_model_may_say_so_once(catalogue: Catalogue) -> None:
    """Whoever goes on wants an agent: no model keeps them from one by saying so again, or in between."""
    ask = Ask(question="What does it taste of?")
    chat = small.agent_over(catalogue, ScriptedModel([NotForAgents(), ask, NotForAgents()])).start()
    assert (await chat.send("soup")).text == EN("not_for_agents")
    assert (await chat.send("soap soup")).text == ask.question
    reply = await chat.send("of soap")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    assert "soap soup" in reply.proposal.summary


async def test_it_may_say_so_of_another_issue(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, ScriptedModel([NotForAgents(), NotForAgents()])).start()
    assert (await chat.send("soup")).text == EN("not_for_agents")
    await chat.press("cancel")
    assert (await chat.send("cake")).text == EN("not_for_agents")


async def test_it_is_told_in_the_persons_language(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, EmbeddedModel()).start(User(locale="de"))
    assert (await chat.send(NOTHING)).text == DE("ask_more")
    reply = await chat.send(NOTHING)
    assert reply.text == DE("not_for_agents")
    assert reply.buttons[-1].label == DE("anyway")


async def test_an_answer_that_helps_is_proposed(chat: Chat) -> None:
    assert (await chat.send(NOTHING)).text == EN("ask_more")
    reply = await chat.send("it dripped on my laptop, the keyboard and the screen are dead")
    assert reply.proposal
    assert reply.proposal.queue_id == small.LAPTOP


@pytest.mark.parametrize(
    "texts",
    [
        [f"{NOTHING} human", NOTHING],
        [NOTHING, f"{NOTHING} person"],
        [f"ein Mitarbeiter soll {NOTHING} probieren", NOTHING],
    ],
)
async def test_who_mentions_a_human_is_never_told_so(chat: Chat, texts: list[str]) -> None:
    for text in [*texts, *texts, *texts]:
        reply = await chat.send(text)
        assert reply.text not in (EN("not_for_agents"), DE("not_for_agents"))
    assert reply.phase == "proposed" or reply.buttons[0].style == "filled"


async def test_it_is_asked_openly_only_once(chat: Chat) -> None:
    texts = [(await chat.send(NOTHING)).text for _ in range(3)]
    assert texts[0] == EN("ask_more")
    assert EN("ask_more") not in texts[1:]
