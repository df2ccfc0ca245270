"""A turn ends in time, whatever else is slow beside the model: catalogue, search, target, store."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agent import Answer, Briefing, HandoffAgent, Limits
from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue, Queue
from agent.catalogue.source import CatalogueSource
from agent.models.embedded import EmbeddedModel
from agent.retrieval.index import Index
from agent.stores.base import Stored
from agent.stores.memory import MemoryStore
from agent.targets.base import Opened
from agent.targets.url_template import UrlTemplate
from tests.faults.people import ADA, WORDS, within
from tests.support import small

SECONDS = 1.0


class Slow:
    """A model that never answers."""

    name = "slow"

    async def decide(self, _: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits that long")

    async def close(self) -> None:
        pass


class SlowStore(MemoryStore):
    """Takes a while for each call."""

    async def load(self, id_: str) -> Stored | None:
        await asyncio.sleep(0.05)
        return await super().load(id_)

    async def save(
        self, id_: str, document: str, *, revision: int, expected: int | None, **_: object
    ) -> bool:
        await asyncio.sleep(0.05)
        return await super().save(id_, document, revision=revision, expected=expected)


async def test_what_comes_after_a_slow_model_fits_in(catalogue: Catalogue) -> None:
    agent = small.agent_over(catalogue, Slow(), store=SlowStore(), limits=Limits(seconds=SECONDS))
    chat = agent.start(ADA)
    began = asyncio.get_running_loop().time()
    assert (await within(SECONDS, chat.send(WORDS))).proposal
    assert asyncio.get_running_loop().time() - began > 0.8 * SECONDS  # it was waited for
    again = agent.resume(chat.dump())
    assert (await within(SECONDS, again.send("it is urgent"))).proposal


async def test_a_target_that_hangs_has_what_is_left_of_the_turn(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who commits in between, in another process, begins the press again, but not its time."""
    opened = 0

    async def slow(self: UrlTemplate, queue: Queue, sends: Mapping[str, str]) -> Opened:
        nonlocal opened
        opened += 1
        await asyncio.sleep(0.5 * SECONDS)
        return await opens(self, queue, sends)

    opens = UrlTemplate.open
    monkeypatch.setattr(UrlTemplate, "open", slow)
    store = MemoryStore()
    agent = small.agent_over(catalogue, EmbeddedModel(), store=store, limits=Limits(seconds=SECONDS))
    chat = agent.start(ADA)
    await chat.send(WORDS)
    other = await small.agent_over(catalogue, EmbeddedModel(), store=store).load(chat.id)
    assert other
    pressed = asyncio.create_task(within(SECONDS, chat.press("start")))
    await asyncio.sleep(0.1 * SECONDS)
    await other.press("edit")  # shows the summary, which changes the document but not the proposal
    reply = await pressed
    assert reply.handoff is None
    assert reply.buttons[0].action == "start"
    assert opened == 2  # the second one was cut off
    assert (await within(SECONDS, chat.press("start"))).handoff
    assert len(chat.conversation.handoffs) == 1


async def test_a_search_that_takes_long_to_make_is_not_waited_for(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.runtime._READY", 0.1)
    let = threading.Event()
    make_ready = Index.make_ready

    def slow(self: Index) -> None:
        let.wait(30)
        make_ready(self)

    monkeypatch.setattr(Index, "make_ready", slow)
    agent = small.agent_over(catalogue, EmbeddedModel(), limits=Limits(seconds=SECONDS))
    chat = agent.start(ADA)
    try:
        reply = await within(SECONDS, chat.send(WORDS))
        assert reply.buttons[-1].action == "skip"
        reply = await within(SECONDS, chat.press("skip"))
        assert reply.proposal
        assert reply.proposal.queue_id == small.DESK  # what is always there
    finally:
        let.set()
    reply = await agent.start(ADA).send(WORDS)
    assert reply.proposal
    assert reply.proposal.queue_id == small.DATABASE


async def test_a_changed_catalogue_is_read_beside_the_loop_and_not_waited_for_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.runtime._READY", 0.1)
    monkeypatch.setattr("agent.catalogue.source.LOOK_EVERY", 0.0)
    small.catalogue(tmp_path)
    path = tmp_path / "queues.yaml"
    source = CatalogueSource(path)
    agent = HandoffAgent(
        source, model=EmbeddedModel(), clock=lambda: small.OPEN, limits=Limits(seconds=SECONDS)
    )
    chat = agent.start(ADA)
    await chat.send("hello")
    let, readers = threading.Event(), list[threading.Thread]()

    def slow(path: Path) -> Catalogue:
        readers.append(threading.current_thread())
        let.wait(30)
        return load(path)

    monkeypatch.setattr("agent.catalogue.source.load", slow)
    path.write_text(small.YAML.replace("name: Database Support", "name: Data Platform"))
    try:
        for text in (WORDS, "it is urgent"):  # the second one does not wait for the first one's reader
            reply = await within(SECONDS, chat.send(text))
            assert reply.proposal
            assert reply.proposal.queue == "Database Support"
    finally:
        let.set()
    assert readers == [readers[0]]
    assert readers[0] is not threading.main_thread()
    await asyncio.to_thread(source._looking.acquire)  # until the reader is done
    source._looking.release()
    reply = await chat.press("start")
    assert reply.handoff is None
    assert reply.proposal
    assert reply.proposal.queue == "Data Platform"
