"""At most one URL for an accepted proposal, however often and from wherever it is pressed, and whatever is lost."""

import asyncio
from pathlib import Path

import pytest

from agent.stores.memory import MemoryStore
from agent.stores.sqlite import SQLiteStore
from tests.support.appliance import Running

from .setting import FALLBACK, agent_on, catalogue, handoff_of, host_of, proposed


async def test_a_key_whose_answer_was_lost_is_never_shown(appliance: Running, tmp_path: Path) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance)))
    chat = await proposed(agent)
    appliance.faults.add("cut", on="command", times=1)
    url = handoff_of(await chat.press("start")).url
    lost, shown = appliance.keys.all
    assert url.endswith(shown.access_key)
    assert lost.access_key not in chat.dump()
    assert lost.short_key not in chat.dump()
    assert lost.given.external_key == shown.given.external_key  # of the same proposal
    assert abs(lost.expires - shown.expires) < 60  # and gone after the ttl
    assert handoff_of(await chat.press("start")).url == url
    assert len(appliance.keys.all) == 2
    await agent.close()


async def test_when_every_answer_is_lost_a_later_press_makes_the_key(
    appliance: Running, tmp_path: Path
) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance)))
    chat = await proposed(agent)
    appliance.faults.add("cut", on="command")
    assert (await chat.press("start")).handoff is None
    lost = [key.access_key for key in appliance.keys.all]
    assert len(lost) == 2  # two attempts, no more
    appliance.faults.clear()
    url = handoff_of(await chat.press("start")).url
    assert not any(key in chat.dump() for key in lost)
    assert url.endswith(appliance.keys.all[-1].access_key)
    await agent.close()


async def test_many_presses_at_once_make_one_handoff(appliance: Running, tmp_path: Path) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance)))
    chat = await proposed(agent)
    loaded = [await agent.load(chat.id) for _ in range(4)]
    chats = [chat, *[one for one in loaded if one]]
    replies = await asyncio.gather(*(one.press("start") for one in chats for _ in range(2)))
    assert len({handoff_of(reply).url for reply in replies}) == 1
    assert len(appliance.keys.all) == 1
    await agent.close()


async def test_agents_that_know_nothing_of_each_other(appliance: Running, tmp_path: Path) -> None:
    """As two processes would be: both may make a key, one is committed, the other is never shown."""
    queues = catalogue(tmp_path, host_of(appliance))
    agents = [agent_on(queues, store=SQLiteStore(tmp_path / "chats.db"), steps=steps) for steps in (1, 0, 0)]
    chat = await proposed(agents[0])
    chats = [chat, *[loaded for agent in agents[1:] if (loaded := await agent.load(chat.id))]]
    replies = await asyncio.gather(*(one.press("start") for one in chats))
    assert len({handoff_of(reply).url for reply in replies}) == 1
    final = await agents[0].load(chat.id)
    assert final
    (handoff,) = final.conversation.handoffs
    others = [key for key in appliance.keys.all if not handoff.url.endswith(key.access_key)]
    assert not any(key.access_key in final.dump() or key.short_key in final.dump() for key in others)
    for agent in agents:
        await agent.close()


async def test_whoever_presses_may_go_away(appliance: Running, tmp_path: Path) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance)))
    chat = await proposed(agent)
    appliance.faults.add("slow", 0.3, on="command", times=1)
    pressed = asyncio.create_task(chat.press("start"))
    await asyncio.sleep(0.15)
    pressed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pressed
    url = handoff_of(await chat.press("start")).url
    assert len(chat.conversation.handoffs) == 1
    assert len(appliance.keys.all) == 1
    assert url.endswith(appliance.keys.all[0].access_key)
    await agent.close()


async def test_the_portal_link_stays_the_handoff_once_it_was_given_out(
    appliance: Running, tmp_path: Path
) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance), FALLBACK))
    chat = await proposed(agent)
    appliance.faults.add("no-rights")
    url = handoff_of(await chat.press("start")).url
    appliance.faults.clear()
    assert handoff_of(await chat.press("start")).url == url
    assert appliance.keys.all == []
    await agent.close()


async def test_nothing_of_the_account_is_taken_for_a_conversation(appliance: Running, tmp_path: Path) -> None:
    store = MemoryStore()
    agent = agent_on(catalogue(tmp_path, host_of(appliance)), store=store)
    chat = await proposed(agent)
    await chat.press("start")
    own = [id_ for id_ in store._kept if id_ != chat.id]
    kinds = sorted(id_.split(":")[:2] for id_ in own)
    assert kinds == [
        ["beyondtrust", "budget"],
        ["beyondtrust", "token"],
        ["handoff", "pseudonyms"],
        ["handoff", "spent"],
    ]
    assert [await agent.load(id_) for id_ in own] == [None] * 4
    await agent.close()
