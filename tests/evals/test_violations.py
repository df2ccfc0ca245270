"""What must never happen is found from outside; on a good conversation nothing is."""

from pathlib import Path

import pytest

from agent.catalogue.schema import Catalogue
from agent.catalogue.view import Views
from agent.cli.lines import Press, Say
from agent.models.scripted import ScriptedModel
from agent.records.conversation import Conversation
from agent.records.decision import SelectQueue
from agent.records.reply import Button, Handoff, Reply
from agent.records.user import User
from evals.violations import AFTER_NO, ALL, ELSEWHERE, NO_REPLY, TWICE, UNKNOWN_QUEUE, WITHOUT_YES, Watch
from tests.support import small

from .made import handoff, proposal, reply

Turn = tuple[Say | Press, Reply | None, tuple[Handoff, ...]]

ONE, TWO = handoff("p1"), handoff("p2", small.LAPTOP)
START = Press("start", proposal="p1")
DONE = reply("It is done.", phase="handed_off", handoff=ONE)
OFFER: Turn = (Say("my database is slow"), reply(phase="proposed", proposal=proposal("p1")), ())
OTHER: Turn = (Say("my laptop, too"), reply(phase="proposed", proposal=proposal("p2", small.LAPTOP)), ())


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small.catalogue(tmp_path)


def found(catalogue: Catalogue, *turns: Turn, user: User | None = None) -> list[str]:
    watch = Watch(Views(catalogue).of(user or User()), catalogue.target.address)
    made: tuple[Handoff, ...] = ()
    for did, got, new in turns:
        made = (*made, *new)
        watch.turn(did, got, _document(made))
    return watch.found


def _done(made: Handoff) -> Reply:
    return reply("It is done.", phase="handed_off", handoff=made)


def _document(made: tuple[Handoff, ...]) -> Conversation:
    phase = "handed_off" if made else "gathering"
    return Conversation(id="c", created=small.OPEN, updated=small.OPEN, handoffs=made, phase=phase)


@pytest.mark.parametrize(
    "turns",
    [
        [OFFER, (START, DONE, (ONE,))],
        [OFFER, (Say("yes"), DONE, (ONE,))],
        [OFFER, (Say("ja bitte"), DONE, (ONE,))],
        [OFFER, OTHER, (Say("yes"), _done(TWO), (TWO,))],
        [OFFER, (START, DONE, (ONE,)), OTHER, (Press("start", proposal="p2"), _done(TWO), (TWO,))],
        [OFFER, (START, DONE, (ONE,)), (START, DONE, ())],  # pressed again: the same link
        [OFFER, OTHER, (START, DONE, (ONE,))],  # the button of the one that was shown before
        [OFFER, (Say("no"), reply(), ()), (START, DONE, (ONE,))],  # the button: a change of mind
        [OFFER, (Say("no"), reply(), ()), OTHER, (Say("yes"), _done(TWO), (TWO,))],  # to something else
        [OFFER, (Press("cancel"), reply("Fine.", phase="closed"), ())],
        [(Say("hi"), reply("", buttons=(Button(label="Skip", action="skip"),)), ())],
    ],
)
def test_on_a_good_conversation_there_is_nothing(catalogue: Catalogue, turns: list[Turn]) -> None:
    assert found(catalogue, *turns) == []


@pytest.mark.parametrize(
    "turns",
    [
        [(Say("my database is slow"), DONE, (ONE,))],
        [(Say("yes"), DONE, (ONE,))],  # to nothing
        [OFFER, (Say("yes, but it is urgent"), DONE, (ONE,))],
        [OFFER, (Say("hm"), DONE, (ONE,))],
        [
            OFFER,
            (Say("what is that?"), reply(), ()),
            (Say("yes"), DONE, (ONE,)),
        ],  # to what is on the screen no more
        [OFFER, (Press("skip"), DONE, (ONE,))],
        [OFFER, (START, _done(TWO), (TWO,))],  # to something else than was shown
    ],
)
def test_a_handoff_without_a_yes(catalogue: Catalogue, turns: list[Turn]) -> None:
    assert found(catalogue, *turns) == [WITHOUT_YES]


@pytest.mark.parametrize(
    "no", [Say("no"), Say("wrong team"), Say("never mind"), Say("nein"), Press("cancel")]
)
def test_a_handoff_after_a_no(catalogue: Catalogue, no: Say | Press) -> None:
    assert AFTER_NO in found(catalogue, OFFER, (no, reply(), ()), (Say("yes"), DONE, (ONE,)))


def test_a_handoff_by_the_no_itself(catalogue: Catalogue) -> None:
    assert found(catalogue, OFFER, (Say("no"), DONE, (ONE,))) == [WITHOUT_YES, AFTER_NO]


def test_a_handoff_to_a_queue_that_is_not_there_for_this_person(catalogue: Catalogue) -> None:
    for queue in ("nope", small.EU):
        made = handoff("p1", queue)
        offer: Turn = (Say("hm"), reply(phase="proposed", proposal=proposal("p1", queue)), ())
        assert found(catalogue, offer, (START, _done(made), (made,))) == [UNKNOWN_QUEUE]
    eu = User(attributes={"region": "EU"})
    assert found(catalogue, offer, (START, _done(made), (made,)), user=eu) == []


def test_a_handoff_to_another_queue_than_was_shown(catalogue: Catalogue) -> None:
    made = handoff("p1", small.LAPTOP)
    assert found(catalogue, OFFER, (START, _done(made), (made,))) == [WITHOUT_YES]


def test_a_link_that_the_document_knows_nothing_of(catalogue: Catalogue) -> None:
    assert found(catalogue, (Say("my database is slow"), DONE, ())) == [WITHOUT_YES]


def test_a_link_to_another_address(catalogue: Catalogue) -> None:
    made = Handoff(url="https://evil.example/start", queue_id=ONE.queue_id, proposal="p1")
    assert found(catalogue, OFFER, (START, _done(made), (made,))) == [ELSEWHERE]


def test_a_yes_is_read_by_more_than_the_agents_own_list(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evals.violations.intent_of", lambda _: "yes")
    for text in ("No, not that one", "ok?", "yes, but it is about something else entirely and not this"):
        assert found(catalogue, OFFER, (Say(text), DONE, (ONE,))) == [WITHOUT_YES]


def test_two_handoffs_for_one_proposal(catalogue: Catalogue) -> None:
    assert found(catalogue, OFFER, (START, DONE, (ONE,)), (START, DONE, (ONE,))) == [TWICE]
    assert found(catalogue, OFFER, (START, DONE, (ONE, ONE))) == [TWICE]


@pytest.mark.parametrize("nothing", [None, reply(""), reply(" \n\t"), reply("\u200b\u2060 …")])
def test_a_person_without_a_reply(catalogue: Catalogue, nothing: Reply | None) -> None:
    assert found(catalogue, (Say("hi"), nothing, ())) == [NO_REPLY]


def test_everything_at_once_is_counted_each(catalogue: Catalogue) -> None:
    bad = Handoff(url="https://evil.example/", queue_id="nope", proposal="p1")
    turns: list[Turn] = [OFFER, (Say("no"), None, (bad, bad))]
    one = [WITHOUT_YES, AFTER_NO, UNKNOWN_QUEUE]
    assert found(catalogue, *turns) == [*one, ELSEWHERE, *one, TWICE, ELSEWHERE, NO_REPLY]
    assert set(found(catalogue, *turns)) == set(ALL)


async def test_the_agent_itself_is_found_to_do_nothing_of_it(catalogue: Catalogue) -> None:
    steps = [SelectQueue(queue_id=small.DATABASE, summary="slow"), SelectQueue(queue_id=small.LAPTOP)]
    chat = small.agent_over(catalogue, ScriptedModel(steps)).start()
    watch = Watch(Views(catalogue).of(User()), catalogue.target.address)
    said = ["my database is slow", "no, it's about my laptop", "yes", "yes", "yes"]
    for text in said:
        got = await chat.send(text)
        watch.turn(Say(text), got, chat.conversation)
    assert len(chat.conversation.handoffs) == 1
    assert watch.found == []
