"""1,000 conversations at once through one agent, each to its handoff: nothing is lost, nothing happens twice."""

import asyncio
from pathlib import Path

from agent import User, document
from agent.models.embedded import EmbeddedModel
from agent.records.entry import Entry
from agent.stores.base import RESERVED, Store, Stored
from agent.turn.limits import Limits
from tests.support import small

PEOPLE = 1000
YAML = """
version: 1
target: {kind: url_template, url: "https://chat.example.com/start/{queue_id}?ref={reference}"}
default_queue: desk
queues:
  - {id: desk, name: Service Desk, description: "Everything about computers that fits nowhere else."}
  - {id: db, name: Database Support, description: "SQL databases: failing queries, connections, backups."}
"""


async def test_a_thousand_conversations_at_once(store: Store, tmp_path: Path) -> None:
    agent = small.agent_over(
        small.catalogue(tmp_path, YAML), EmbeddedModel(), store=store, limits=Limits(seconds=180)
    )

    async def talk(number: int) -> tuple[str, str]:
        chat = agent.start(User(id=f"person {number}"))
        await chat.send(f"My SQL database fails with error {number}")
        reply = await chat.press("start")
        assert reply.handoff
        return chat.id, reply.handoff.url

    told = dict(await asyncio.gather(*(talk(number) for number in range(PEOPLE))))
    kept: dict[str, Stored] = {}
    last = ""
    while page := await store.after(last):
        kept |= {id_: stored for id_, stored in page if not id_.startswith(RESERVED)}
        last = page[-1][0]
    assert kept.keys() == told.keys()
    for id_, stored in kept.items():
        conversation = document.load(stored.document)
        assert [handoff.url for handoff in conversation.handoffs] == [told[id_]]
    assert len(set(told.values())) == PEOPLE
    some = next(iter(told))
    entries = [Entry.model_validate_json(entry) for entry in await store.history(some)]
    assert [entry.outcome for entry in entries] == ["proposal", "handoff"]
    await agent.close()
