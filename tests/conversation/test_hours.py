"""Closed queues: an open stand-in, visibly, or help for after hours; never a link that is known to be dead."""

from datetime import datetime
from pathlib import Path

from agent import Chat
from agent.catalogue.schema import Catalogue
from agent.models.embedded import EmbeddedModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from tests.support import small

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")
LAPTOP = SelectQueue(queue_id=small.LAPTOP, summary="The laptop is broken.")


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def chat_at(catalogue: Catalogue, clock: Clock, *steps: SelectQueue) -> Chat:
    return small.agent_over(catalogue, ScriptedModel(steps), now=clock).start()


async def test_a_closed_queue_is_replaced_by_its_open_stand_in(catalogue: Catalogue) -> None:
    reply = await chat_at(catalogue, Clock(small.CLOSED), SQL).send("my SQL database is slow")
    assert reply.proposal
    assert (reply.proposal.wanted, reply.proposal.queue_id) == (small.DATABASE, small.DESK)
    assert "Database Support is closed at the moment (opens Monday 08:00 CET)" in reply.text
    assert reply.proposal.sends["queue_id"] == small.DESK


async def test_a_stand_in_that_this_person_may_not_see_is_none(catalogue: Catalogue) -> None:
    queues = [
        queue.model_copy(update={"fallback": small.EU}) if queue.id == small.LAPTOP else queue
        for queue in catalogue.queues
    ]
    unchecked = catalogue.model_copy(update={"queues": tuple(queues)})
    reply = await chat_at(unchecked, Clock(small.CLOSED), LAPTOP).send("my laptop is broken")
    assert reply.proposal is None
    assert small.CANARY not in reply.text


async def test_all_closed_gives_the_after_hours_help(catalogue: Catalogue) -> None:
    chat = chat_at(catalogue, Clock(small.CLOSED), LAPTOP)
    reply = await chat.send("my laptop is broken")
    assert reply.proposal is None
    assert reply.phase == "gathering"
    filled = [b for b in reply.buttons if b.style == "filled"]
    assert [(b.label, b.action, b.url) for b in filled] == [
        ("Open a ticket", "link", "https://help.example.com/new?text=The%20laptop%20is%20broken.")
    ]
    instead = await chat.press("choose", queue_id=small.DESK)
    assert instead.proposal
    assert (await chat.press("start")).handoff


async def test_it_closes_between_proposal_and_press(catalogue: Catalogue) -> None:
    clock = Clock(small.OPEN)
    chat = chat_at(catalogue, clock, SQL)
    shown = await chat.send("my SQL database is slow")
    clock.now = small.CLOSED
    reply = await chat.press("start")
    assert reply.handoff is None
    assert reply.proposal
    assert reply.proposal != shown.proposal
    assert reply.proposal.queue_id == small.DESK
    assert "Something has changed" in reply.text
    assert (await chat.press("start")).handoff


async def test_without_after_hours_help_the_default_queue_is_there(tmp_path: Path) -> None:
    text = "\n".join(line for line in small.YAML.splitlines() if not line.startswith("after_hours"))
    catalogue = small.catalogue(tmp_path, text)
    chat = chat_at(catalogue, Clock(small.CLOSED), LAPTOP)
    reply = await chat.send("my laptop is broken")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    assert (await chat.press("start")).handoff


async def test_a_closed_queue_chosen_in_german(catalogue: Catalogue) -> None:
    reply = await chat_at(catalogue, Clock(small.CLOSED), SQL).send("meine Datenbank ist seit heute langsam")
    assert "öffnet Montag 08:00" in reply.text


async def test_it_closes_while_it_is_on_the_screen(catalogue: Catalogue) -> None:
    clock = Clock(small.OPEN)
    chat = chat_at(catalogue, clock, SQL)
    await chat.send("my SQL database is slow")
    clock.now = small.CLOSED
    reply = await chat.send("thanks")  # shows the proposal again, but not as it was
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    assert "Queue: Service Desk (open now)" in reply.text


async def test_an_addition_keeps_what_was_wanted(catalogue: Catalogue) -> None:
    agent = small.agent_over(catalogue, EmbeddedModel(), now=Clock(small.CLOSED))
    chat = agent.start()
    await chat.send("my SQL database is slow")
    reply = await chat.send("yes, but add that it is urgent")
    assert reply.proposal
    assert (reply.proposal.wanted, reply.proposal.queue_id) == (small.DATABASE, small.DESK)
    assert "Database Support is closed" in reply.text


async def test_a_queue_without_a_stand_in_has_none(catalogue: Catalogue) -> None:
    night = SelectQueue(queue_id=small.NIGHT, summary="The site is down.")
    reply = await chat_at(catalogue, Clock(small.OPEN), night).send("the whole site is down")
    assert "Night Shift is closed at the moment (opens today 18:00 CET). This is what" in reply.text
