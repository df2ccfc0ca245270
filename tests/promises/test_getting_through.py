"""Promise 5: whoever wants a human gets a proposal, whatever the model answers and whichever of its calls fail."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent import Chat, Reply
from agent.catalogue.schema import Catalogue
from agent.errors import ModelUnavailable
from agent.records.decision import Ask, Decision, NotForAgents
from tests.support import small

from .hostile import decisions, failures
from .puppet import Move, Puppet

MESSAGES = 4
"""The most that have to be written: two questions and "not for agents" are answered, then there is a proposal."""
CALLS = 3

said = st.sampled_from(
    [
        "I'd like to speak to a live agent",
        "hello",
        "I want a human for this",
        "my laptop is broken",
        "I don't know",
        "die Datenbank ist langsam",
        "soup",
    ]
)
# What keeps people from an agent, again and again, or anything at all.
stubborn = st.sampled_from([Ask(question="What exactly is it about?"), NotForAgents()])
calls = st.one_of(
    st.lists(stubborn, min_size=1, max_size=3),
    st.lists(st.one_of(stubborn, decisions, failures), min_size=1, max_size=CALLS * MESSAGES),
)


def small_catalogue() -> Catalogue:
    with TemporaryDirectory() as folder:
        return small.catalogue(Path(folder))


CATALOGUE = small_catalogue()


def begun(answers: list[Decision | Exception]) -> Chat:
    """A conversation whose model gives these answers, again and again."""
    model = Puppet()
    model.moves = [Move(answer) for answer in (answers * CALLS * MESSAGES)[: CALLS * MESSAGES]]
    return small.agent_over(CATALOGUE, model).start()


def offered(reply: Reply) -> bool:
    """A proposal, or where the queue for it is closed, the way to one that is not."""
    return bool(reply.proposal) or any(button.action == "choose" for button in reply.buttons)


@settings(deadline=None)
@example([NotForAgents()], ["soup"] * MESSAGES)
@example([ModelUnavailable()], ["hello"] * MESSAGES)
@given(calls, st.lists(said, min_size=MESSAGES, max_size=MESSAGES))
def test_who_goes_on_writing(answers: list[Decision | Exception], texts: list[str]) -> None:
    async def play() -> None:
        chat = begun(answers)
        for text in texts:
            reply = await chat.send(text)
            assert reply.model_calls <= CALLS
            if offered(reply):
                break
        assert offered(reply), reply

    asyncio.run(play())


@settings(deadline=None)
@given(calls, st.lists(said, min_size=1, max_size=MESSAGES))
def test_who_presses_the_button(answers: list[Decision | Exception], texts: list[str]) -> None:
    async def play() -> None:
        chat = begun(answers)
        for text in texts:
            reply = await chat.send(text)
            if not offered(reply):
                assert "skip" in [button.action for button in reply.buttons]
        reply = await chat.press("skip")
        for button in reply.buttons:
            if button.action == "choose" and not reply.proposal:
                reply = await chat.press("choose", queue_id=button.queue_id)
        assert reply.proposal
        assert reply.model_calls == 0
        assert (await chat.press("start", proposal=reply.proposal.id)).handoff

    asyncio.run(play())
