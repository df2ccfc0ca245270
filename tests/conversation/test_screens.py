"""A yes is a fact about what was on the screen: stale tabs, old dumps, lost commits."""

import asyncio
import json
from pathlib import Path

import pytest

from agent import Chat, HandoffAgent, Reply
from agent.catalogue.schema import Catalogue
from agent.errors import StoreError, TargetError
from agent.models.embedded import EmbeddedModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from agent.stores.base import PLAIN, Stored, Terms
from agent.stores.memory import MemoryStore
from agent.stores.sqlite import SQLiteStore
from agent.targets.base import Opened
from tests.support import small
from tests.support.waiting import Waiting

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")
LAPTOP = SelectQueue(queue_id=small.LAPTOP, summary="The laptop is broken.")


async def loaded(agent: HandoffAgent, chat: Chat) -> Chat:
    found = await agent.load(chat.id)
    assert found
    return found


async def yes(chat: Chat, how: str) -> Reply:
    if how == "pressed":
        return await chat.press("start")
    return await chat.send({"typed": "yes", "label": "Start agent chat"}[how])


@pytest.mark.parametrize("how", ["typed", "label", "pressed"])
async def test_a_tab_that_never_saw_the_proposal(catalogue: Catalogue, how: str) -> None:
    agent = small.agent_over(catalogue, ScriptedModel([SQL, SQL]))
    chat = agent.start()
    await chat.press("other")
    other_tab = await loaded(agent, chat)
    await chat.send("my SQL database is slow")
    assert (await yes(other_tab, how)).handoff is None
    assert not (await loaded(agent, chat)).conversation.handoffs


@pytest.mark.parametrize("how", ["typed", "pressed"])
async def test_a_tab_that_shows_an_older_proposal(catalogue: Catalogue, how: str) -> None:
    agent = small.agent_over(catalogue, ScriptedModel([SQL, LAPTOP]))
    chat = agent.start()
    await chat.send("my SQL database is slow")
    other_tab = await loaded(agent, chat)
    await chat.send("no, it's about my laptop")
    reply = await yes(other_tab, how)
    assert reply.handoff is None
    assert reply.proposal
    assert reply.proposal.queue_id == small.LAPTOP


@pytest.mark.parametrize("how", ["typed", "pressed"])
async def test_an_old_dump_saw_nothing(catalogue: Catalogue, how: str) -> None:
    agent = small.agent_over(catalogue, ScriptedModel([SQL, SQL]))
    chat = agent.start()
    await chat.press("other")
    old = chat.dump()
    await chat.send("my SQL database is slow")
    assert (await yes(agent.resume(old), how)).handoff is None


async def test_open_again_in_a_tab_while_something_new_is_proposed(catalogue: Catalogue) -> None:
    agent = small.agent_over(catalogue, ScriptedModel([SQL, LAPTOP]))
    chat = agent.start()
    await chat.send("my SQL database is slow")
    first = await chat.press("start")
    other_tab = await loaded(agent, chat)
    await chat.send("now my laptop is broken")
    assert (await other_tab.press("start")).handoff == first.handoff
    assert len((await loaded(agent, chat)).conversation.handoffs) == 1


@pytest.mark.parametrize("how", ["typed", "pressed"])
async def test_a_yes_while_the_commit_is_on_its_way(catalogue: Catalogue, tmp_path: Path, how: str) -> None:
    for number in range(10):
        store = SQLiteStore(tmp_path / f"{number}.sqlite")
        agent = small.agent_over(catalogue, ScriptedModel([SQL, SQL, SQL]), store=store)
        chat = agent.start()
        turn = asyncio.create_task(chat.send("my SQL database is slow"))
        await asyncio.sleep(0.001 * number)
        if chat.conversation.on_screen is None:
            assert (await yes(chat, how)).handoff is None
        await turn
        await store.close()


class Failing(MemoryStore):
    """A store whose writes fail from the moment that it is told."""

    full = False

    async def save(
        self, id_: str, document: str, *, revision: int, expected: int | None, terms: Terms = PLAIN
    ) -> bool:
        if self.full:
            raise StoreError("disk full")
        return await super().save(id_, document, revision=revision, expected=expected, terms=terms)


async def test_no_link_is_shown_before_it_is_committed(catalogue: Catalogue) -> None:
    store = Failing()
    chat = small.agent_over(catalogue, ScriptedModel([SQL]), store=store).start()
    await chat.send("my SQL database is slow")
    store.full = True
    events = [event async for event in chat.stream_press("start")]
    assert [event.type for event in events] == ["error", "turn_end"]
    assert "chat.example.com" not in repr(events)
    store.full = False
    assert (await chat.press("start")).handoff


class Forgetful(MemoryStore):
    """A store that tells of a conversation only once."""

    async def load(self, id_: str) -> Stored | None:
        found = await super().load(id_)
        await self.delete(id_)
        return found


async def test_a_deleted_conversation_does_not_come_back(catalogue: Catalogue) -> None:
    agent = small.agent_over(catalogue, ScriptedModel([SQL]), store=Forgetful())
    chat = agent.start()
    await chat.send("my SQL database is slow")
    tab = await loaded(agent, chat)
    with pytest.raises(StoreError, match="deleted"):
        await tab.press("start")


async def test_a_message_overtaken_by_other_is_still_answered(catalogue: Catalogue) -> None:
    model = Waiting([LAPTOP, LAPTOP])
    chat = small.agent_over(catalogue, model).start()
    turn = asyncio.create_task(chat.send("no, it is about my laptop"))
    await asyncio.wait_for(model.asked.wait(), 5)
    assert (await chat.press("other")).proposal is None
    model.let.set()
    reply = await turn
    assert reply.proposal
    assert reply.proposal.queue_id == small.LAPTOP


@pytest.mark.parametrize(
    ("opened", "error"),
    [
        (RuntimeError("boom"), "failed with RuntimeError"),
        (TargetError("no rights"), "no rights"),
        ("https://evil.example.com/x", "does not lead where"),
        ("http://chat.example.com/x", "does not lead where"),
    ],
)
async def test_a_target_that_fails(
    catalogue: Catalogue,
    opened: Exception | str,
    error: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def open_(*_: object) -> Opened:
        if isinstance(opened, Exception):
            raise opened
        return Opened(url=opened, carries_summary=True)

    chat = small.agent_over(catalogue, ScriptedModel([SQL])).start()
    await chat.send("my SQL database is slow")
    with monkeypatch.context() as patch:
        patch.setattr("agent.targets.url_template.UrlTemplate.open", open_)
        reply = await chat.press("start")
    assert reply.handoff is None
    assert "no agent knows of it yet" in reply.text
    assert [button.action for button in reply.buttons] == ["start", "link"]
    assert error in caplog.text
    assert (await chat.press("start")).handoff  # it works again


async def test_the_label_of_a_button_that_is_not_on_the_screen(catalogue: Catalogue) -> None:
    agent = small.agent_over(catalogue, ScriptedModel([SQL, SQL]))
    chat = agent.start()
    await chat.press("other")
    other_tab = await loaded(agent, chat)
    await chat.send("my SQL database is slow")
    reply = await other_tab.send("Service Desk")  # a button here, but no longer the last reply's
    assert reply.model_calls == 1


async def test_an_aside_hides_no_message_from_the_next_turn(catalogue: Catalogue) -> None:
    agent = small.agent_over(catalogue, EmbeddedModel())
    chat = agent.start()
    await chat.press("other")
    data = json.loads(chat.dump())
    said = {"role": "user", "text": "my laptop screen is dark", "at": data["created"]}
    data["messages"].append(said)  # a crash left it unanswered
    resumed = small.agent_over(catalogue, EmbeddedModel()).resume(json.dumps(data))
    await resumed.press("other")
    reply = await resumed.send("since this morning")
    assert reply.proposal
    assert reply.proposal.queue_id == small.LAPTOP
    assert "laptop screen" in reply.proposal.summary


async def test_an_edit_leaves_out_what_came_before_it(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, EmbeddedModel()).start()
    await chat.send("my SQL database is slow")
    data = json.loads(chat.dump())
    data["messages"].append({"role": "user", "text": "or for dashboards", "at": data["created"]})
    resumed = small.agent_over(catalogue, EmbeddedModel()).resume(json.dumps(data))
    reply = await resumed.press("edit", text="EXACTLY THIS database")
    assert reply.proposal
    assert reply.proposal.summary == "EXACTLY THIS database"


class Late(MemoryStore):
    """A store that writes at once and says so later."""

    late: asyncio.Event | None = None

    async def save(
        self, id_: str, document: str, *, revision: int, expected: int | None, terms: Terms = PLAIN
    ) -> bool:
        done = await super().save(id_, document, revision=revision, expected=expected, terms=terms)
        if self.late:
            late, self.late = self.late, None
            await late.wait()
        return done


async def test_a_press_gets_its_own_reply(catalogue: Catalogue) -> None:
    store = Late()
    agent = small.agent_over(catalogue, ScriptedModel([SQL]), store=store)
    chat = agent.start()
    await chat.send("my SQL database is slow")
    other_tab = await loaded(agent, chat)
    store.late = late = asyncio.Event()
    pressed = asyncio.create_task(chat.press("start"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (await other_tab.send("thanks")).text
    late.set()
    assert (await pressed).handoff
