"""A queue that is hidden in the midst of a conversation: from then on nothing new says a word of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import Chat, HandoffAgent, document
from agent.catalogue import source
from agent.models.embedded import EmbeddedModel
from agent.models.openai_chat import OpenAIModel
from tests.support import openai_answers as answers
from tests.support.openai_answers import Canned
from tests.support.openai_stub import OpenAIStub, Request

from .canary import CATALOGUE, FITS_HIDDEN, HIDDEN, INSIDER, OUTSIDER, SECRET, write
from .test_canary import sings

EMPTY = "payslip salary bonus"
Hide = Callable[[Chat], Chat]


@pytest.fixture(params=["", "cards,passwords"], ids=["plain", "redacted"], autouse=True)
def redaction(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a redactor leaves of a conversation must still tell which queues it has named."""
    monkeypatch.setenv("HANDOFF_REDACT", request.param)


@pytest.fixture(params=["attribute", "catalogue"])
def hide(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hide:
    """The host takes an attribute away, or the catalogue lets nobody in any more."""
    monkeypatch.setattr(source, "LOOK_EVERY", 0)

    def attribute(chat: Chat) -> Chat:
        changed = chat.conversation.model_copy(update={"user": OUTSIDER})
        fresh = HandoffAgent.from_file(tmp_path / "queues.yaml", model=chat._runtime.model)
        return fresh.resume(document.dump(changed, None))

    def catalogue(chat: Chat) -> Chat:
        write(tmp_path, CATALOGUE.replace("region: [Kanarien]", "region: [Nowhere]"))
        return chat

    return attribute if request.param == "attribute" else catalogue


def chooses_hidden(request: Request) -> Canned:
    """A model that saw it and does not let go; where it is gone it asks."""
    if HIDDEN in request.system:
        chosen = {"summary": "The payslip is wrong.", "reason": "Kanarien directors: payslip and salary."}
        return answers.call(
            "select_queue", queue_id=HIDDEN, **chosen, second_issue="salary", second_queue_id=SECRET
        )
    return answers.call("ask", question="What else is wrong?", suggestions=[], between=[])


async def everywhere(chat: Chat) -> str:
    """Whatever names queues, from here on: the events as one text."""
    out = [event async for event in chat.stream_press("start")]
    for action in ("other", "edit", "skip", "start"):
        out += [event async for event in chat.stream_press(action)]
    for text in ("nobody came", "it is still about the " + EMPTY, "I want an agent", "yes", "the second one"):
        out += [event async for event in chat.stream(text)]
    out += [event async for event in chat.stream_press("choose", queue_id=HIDDEN)]
    return "\n".join(event.model_dump_json() for event in out)


async def test_what_was_proposed_is_gone(tmp_path: Path, hide: Hide) -> None:
    async with HandoffAgent.from_file(write(tmp_path), model=EmbeddedModel()) as agent:
        chat = agent.start(INSIDER)
        shown = await chat.send(FITS_HIDDEN)
        assert shown.proposal
        assert shown.proposal.queue_id == HIDDEN
        chat = hide(chat)
        assert not sings(await everywhere(chat))
        assert all(handoff.queue_id not in (HIDDEN, SECRET) for handoff in chat.conversation.handoffs)


async def test_what_a_model_said_of_it_is_gone_from_replies_and_requests(tmp_path: Path, hide: Hide) -> None:
    with OpenAIStub(chooses_hidden) as stub:
        model = OpenAIModel("m", base_url=stub.base_url)
        async with HandoffAgent.from_file(write(tmp_path), model=model) as agent:
            chat = agent.start(INSIDER)
            asked = await chat.send(FITS_HIDDEN)  # which of the two first?
            await chat.press("choose", queue_id=HIDDEN)
            shown = await chat.press("other")
            assert sings(asked)
            assert sings(shown)
            chat = hide(chat)
            before = len(stub.requests)
            assert not sings(await everywhere(chat))
            later = stub.requests[before:]
        assert later
        assert not stub.refused
    for request in later:
        assert not sings(request), json.dumps(request.messages, indent=1)


async def test_a_question_between_two_and_a_second_problem_lose_it(tmp_path: Path, hide: Hide) -> None:
    def between(request: Request) -> Canned:
        if HIDDEN in request.system:
            return answers.call("ask", question="Which is it?", suggestions=[], between=[HIDDEN, "db"])
        return answers.text("What else?")

    with OpenAIStub(between) as stub:
        model = OpenAIModel("m", base_url=stub.base_url)
        async with HandoffAgent.from_file(write(tmp_path), model=model) as agent:
            chat = agent.start(INSIDER)
            await chat.send(FITS_HIDDEN)
            assert chat.conversation.asked_between == (HIDDEN, "db")
            chat = hide(chat)
            before = len(stub.requests)
            assert not sings(await everywhere(chat))
        assert not any(map(sings, stub.requests[before:]))
