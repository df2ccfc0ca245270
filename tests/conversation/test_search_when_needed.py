"""The search is made for models that need it, and for what a model has not decided; never on the event loop."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from agent import Answer, Briefing, Limits, User
from agent.catalogue.schema import Catalogue
from agent.catalogue.view import View
from agent.errors import ModelUnavailable
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from agent.retrieval.index import Index
from tests.models.briefings import view as view_of
from tests.models.test_messages import many
from tests.support import small

CHOSEN = SelectQueue(queue_id=small.LAPTOP, summary="Their screen flickers.", reason="It is about a screen.")


class Lists(ScriptedModel):
    """A model that is told of all queues."""

    def searches(self, _: View) -> bool:
        return False


@pytest.fixture
def makers(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads that made a search ready."""
    threads: list[threading.Thread] = []
    make_ready = Index.make_ready

    def noted(self: Index) -> None:
        threads.append(threading.current_thread())
        make_ready(self)

    monkeypatch.setattr(Index, "make_ready", noted)
    return threads


async def test_no_search_is_made_where_the_model_decides(
    catalogue: Catalogue, makers: list[threading.Thread]
) -> None:
    agent = small.agent_over(catalogue, Lists([Ask(question="What is wrong?"), CHOSEN]))
    chat = agent.start(User())
    await chat.send("I'd like to speak to a live agent")
    await chat.send("my screen flickers")
    assert (await chat.press("start")).handoff
    assert not makers
    await chat.press("other")
    assert makers
    assert threading.main_thread() not in makers


@pytest.mark.parametrize("step", [ModelUnavailable("down"), Ask(question="Which one?")])
async def test_it_is_made_beside_the_loop_for_what_the_model_leaves_open(
    step: Ask | ModelUnavailable, catalogue: Catalogue, makers: list[threading.Thread]
) -> None:
    """Without a model, and where it asks beyond the questions there are."""
    model = Lists([Ask(question="What is wrong?"), step])
    chat = small.agent_over(catalogue, model, limits=Limits(questions=1)).start(User())
    await chat.send("I'd like to speak to a live agent")
    assert not makers
    reply = await chat.send("my SQL database query fails")
    assert reply.proposal
    assert reply.proposal.wanted == small.DATABASE
    assert makers
    assert threading.main_thread() not in makers


async def test_while_a_model_takes_long_the_search_is_made(
    catalogue: Catalogue, makers: list[threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it is there when the model's time is over."""
    made = threading.Event()
    make_ready = View.make_ready

    def noted(self: View) -> None:
        make_ready(self)
        made.set()

    monkeypatch.setattr(View, "make_ready", noted)

    class Slow(Lists):
        async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
            assert await asyncio.to_thread(made.wait, 30)
            raise ModelUnavailable("it took too long")

    chat = small.agent_over(catalogue, Slow(), limits=Limits(seconds=4.0)).start(User())
    reply = await chat.send("my SQL database query fails")
    assert made.is_set()
    assert len(makers) == 1
    assert reply.proposal
    assert reply.proposal.wanted == small.DATABASE


def test_which_models_of_a_server_need_it() -> None:
    few, lots = view_of(), view_of(many(2_000))
    assert [OpenAIModel("m").searches(view) for view in (few, lots)] == [False, True]
    assert OpenAIModel("m", decisions="json").searches(few)
