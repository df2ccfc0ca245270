"""Promise 5 with the embedded model: whatever is written, in whatever order, there is a reply and a way on."""

import asyncio

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent import HandoffAgent, Reply
from agent.language.locale import locales
from agent.language.understand import describes_problem
from agent.models.embedded import EmbeddedModel
from tests.support import small

SURE = (0.0, 0.2, 1.0)
TEXTS = [
    "hello",
    "I'd like to speak to a live agent",
    "agent",
    "it is broken",
    "my SQL database is slow",
    "my laptop screen and keyboard",
    "the zucchini soup tastes of soap",
    "a person about the soup",
    "bonjour, ça ne marche pas depuis ce matin et je ne peux plus travailler",
    "昨日から動きません",
    "die Suppe schmeckt nach Seife",
    "I don't know",
    "the first one",
    "no, something else",
    "not that, leave it",
    "wrong team",
    "no",
    "ok?",
    "😀",
    "thanks",
    "never mind",
    "my printer is jammed and my SQL database is slow",
]
said = st.sampled_from(TEXTS) | st.text(min_size=1, max_size=30)


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> dict[float, HandoffAgent]:
    """By how sure they have to be."""
    catalogue = small.catalogue(tmp_path_factory.mktemp("catalogue"))
    return {sure: small.agent_over(catalogue, EmbeddedModel(sure=sure)) for sure in SURE}


def goes_on(reply: Reply) -> bool:
    """Whether there is a button, or nothing is wanted any more, or a chat."""
    return bool(reply.buttons) or reply.phase == "closed" or reply.handoff is not None


def connects(reply: Reply) -> bool:
    """Whether it is a proposal, a chat, or, where that team is closed, the help for after hours."""
    return bool(reply.proposal or reply.handoff or any(button.style == "filled" for button in reply.buttons))


@given(texts=st.lists(said, min_size=1, max_size=7), sure=st.sampled_from(SURE))
@settings(max_examples=60, deadline=None)
def test_nobody_is_stuck(agents: dict[float, HandoffAgent], texts: list[str], sure: float) -> None:
    async def play() -> None:
        chat = agents[sure].start()
        for text in texts:
            reply = await chat.send(text)
            assert reply.text.strip()
            assert goes_on(reply), reply
        last = await chat.press("skip")
        assert connects(last)

    asyncio.run(play())


@given(text=said, sure=st.sampled_from(SURE))
@settings(max_examples=60, deadline=None)
def test_who_repeats_a_problem_is_proposed_a_queue_soon(
    agents: dict[float, HandoffAgent], text: str, sure: float
) -> None:
    """Two questions at most, or one and the word that it is nobody's here."""
    assume(describes_problem(text))

    async def play() -> list[Reply]:
        chat = agents[sure].start()
        return [await chat.send(text) for _ in range(3)]

    replies = asyncio.run(play())
    assert any(map(connects, replies))
    told = [reply.text for reply in replies]
    assert sum(text in {locale("ask_more") for locale in locales().values()} for text in told) <= 1
