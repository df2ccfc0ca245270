"""Several things at once: messages that join a turn, presses that meet, a caller that goes away."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import Answer, Briefing, Chat, HandoffAgent
from agent.catalogue.schema import Catalogue
from agent.catalogue.source import CatalogueSource
from agent.catalogue.view import Views
from agent.records.decision import Ask, Decision, SelectQueue
from agent.stores.memory import MemoryStore
from tests.support import small

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")


class Gated:
    """A model that answers when it is let; it remembers what it saw."""

    name = "gated"

    def __init__(self, *decisions: Decision) -> None:
        self.decisions = list(decisions)
        self.asked = asyncio.Event()
        self.let = asyncio.Event()
        self.saw: list[list[str]] = []

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        self.saw.append([m.text for m in briefing.messages if m.role == "user"])
        self.asked.set()
        await self.let.wait()
        return Answer(decision=self.decisions.pop(0))

    async def close(self) -> None:
        pass


async def begun(chat: Chat, model: Gated, text: str) -> asyncio.Task[object]:
    task: asyncio.Task[object] = asyncio.create_task(chat.send(text))
    await asyncio.wait_for(model.asked.wait(), 5)
    return task


async def test_three_short_messages_get_one_reply(catalogue: Catalogue) -> None:
    model = Gated(Ask(question="What is it?"), SQL)
    chat = small.agent_over(catalogue, model).start()
    first = await begun(chat, model, "hi")
    others = [asyncio.create_task(chat.send(text)) for text in ("my SQL database", "is so slow")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    model.let.set()
    replies = [await first, *[await other for other in others]]
    assert replies[0] == replies[1] == replies[2] == chat.conversation.last_reply
    assert chat.conversation.phase == "proposed"
    assert model.saw == [["hi"], ["hi", "my SQL database", "is so slow"]]
    assert [m.role for m in chat.conversation.messages] == ["user"] * 3 + ["assistant"]


async def test_a_yes_before_the_proposal_was_seen_is_no_yes(catalogue: Catalogue) -> None:
    model = Gated(SQL, SQL)
    chat = small.agent_over(catalogue, model).start()
    first = await begun(chat, model, "my SQL database is slow")
    second = asyncio.create_task(chat.send("yes"))
    await asyncio.sleep(0)
    model.let.set()
    await first
    reply = await second
    assert reply.handoff is None
    assert reply.phase == "proposed"


async def test_messages_without_end_are_answered_within_the_calls(catalogue: Catalogue) -> None:
    chat: Chat

    class Interrupted(Gated):
        async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
            self.saw.append([])
            late.append(asyncio.create_task(chat.send(f"and {len(self.saw)}")))
            await asyncio.sleep(0.01)
            return Answer(decision=SQL)

    late: list[asyncio.Task[object]] = []
    model = Interrupted()
    chat = small.agent_over(catalogue, model).start()
    reply = await asyncio.wait_for(chat.send("my SQL database is slow"), 5)
    assert reply.proposal
    assert len(model.saw) == 3
    assert [await task for task in late] == [reply] * 3


async def test_skip_does_not_wait_for_the_model(catalogue: Catalogue) -> None:
    model = Gated(Ask(question="What is it?"))
    chat = small.agent_over(catalogue, model).start()
    first = await begun(chat, model, "my SQL database is slow")
    skipped = await asyncio.wait_for(chat.press("skip"), 5)
    assert skipped.proposal
    assert skipped.proposal.queue_id == small.DATABASE
    model.let.set()
    assert await first == skipped  # the turn sees that it has been answered


async def test_many_presses_make_one_handoff(catalogue: Catalogue) -> None:
    store = MemoryStore()
    model = Gated(SQL)
    model.let.set()
    agent = small.agent_over(catalogue, model, store=store)
    chat = agent.start()
    await chat.send("my SQL database is slow")
    loaded = [await agent.load(chat.id) for _ in range(5)]
    chats = [chat, *[one for one in loaded if one], agent.resume(chat.dump())]
    replies = await asyncio.gather(*(one.press("start") for one in chats for _ in range(3)))
    assert len(replies) == 21
    assert len({reply.handoff.url for reply in replies if reply.handoff}) == 1
    assert all(reply.handoff for reply in replies)
    final = await agent.load(chat.id)
    assert final
    assert len(final.conversation.handoffs) == 1


async def test_an_old_dump_does_not_roll_back(catalogue: Catalogue) -> None:
    model = Gated(SQL)
    model.let.set()
    agent = small.agent_over(catalogue, model)
    chat = agent.start()
    await chat.send("my SQL database is slow")
    old = chat.dump()
    done = await chat.press("start")
    assert (await agent.resume(old).press("start")).handoff == done.handoff


async def test_a_caller_that_goes_away_loses_nothing(catalogue: Catalogue) -> None:
    model = Gated(SQL)
    agent = small.agent_over(catalogue, model)
    chat = agent.start()
    task = await begun(chat, model, "my SQL database is slow")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    model.let.set()
    await agent.close()  # waits for the turn
    assert chat.conversation.phase == "proposed"


async def test_events_come_in_order(catalogue: Catalogue) -> None:
    model = Gated(SQL)
    model.let.set()
    chat = small.agent_over(catalogue, model).start()
    kinds = [event.type async for event in chat.stream("my SQL database is slow")]
    assert kinds[:2] == ["step", "step"]
    assert [kind for kind in kinds if kind != "text_delta"][2:] == ["text", "proposal", "buttons", "turn_end"]
    kinds = [event.type async for event in chat.stream_press("start")]
    assert [kind for kind in kinds if kind != "text_delta"] == [
        "step",
        "text",
        "handoff",
        "buttons",
        "turn_end",
    ]


async def test_sync_calls_work_inside_a_running_loop(catalogue: Catalogue) -> None:
    from agent.models.embedded import EmbeddedModel

    chat = small.agent_over(catalogue, EmbeddedModel()).start()
    assert chat.send_sync("my SQL database is slow").proposal
    assert chat.press_sync("start").handoff


async def test_a_decision_is_judged_again_when_the_catalogue_has_changed(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    begin = small.YAML.index(f"  - id: {small.DATABASE}")
    rest = small.YAML[small.YAML.index(f"  - id: {small.LAPTOP}") :]
    without = small.catalogue(tmp_path, small.YAML[:begin] + rest)
    source = CatalogueSource.fixed(catalogue)
    chat: Chat

    class Reloading(Gated):
        async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
            self.saw.append([])
            late.append(asyncio.create_task(chat.send(f"and {len(self.saw)}")))
            await asyncio.sleep(0.01)
            if len(self.saw) == 3:
                source.views = Views(without)
            return Answer(decision=SQL)

    late: list[asyncio.Task[object]] = []
    chat = HandoffAgent(source, model=Reloading(), clock=lambda: small.OPEN).start()
    reply = await asyncio.wait_for(chat.send("my SQL database is slow"), 5)
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    await asyncio.gather(*late)
