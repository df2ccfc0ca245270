"""A process that says yes when it is told to: `python -m tests.faults.presser QUEUES STORE`.

A line with a conversation's id and "start" or a text is answered by a line with what came of it: the URL on the screen.
"""

import asyncio
import sys
from pathlib import Path

from agent import HandoffAgent, User
from agent.catalogue.source import CatalogueSource
from agent.models.embedded import EmbeddedModel
from agent.stores.sqlite import SQLiteStore
from tests.support import small


async def main(queues: Path, store: Path) -> None:
    source = CatalogueSource(queues)
    source.current().of(User()).search("a database")
    agent = HandoffAgent(source, model=EmbeddedModel(), store=SQLiteStore(store), clock=lambda: small.OPEN)
    print("ready", flush=True)  # noqa: T201 - what the test reads
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        id_, did = line.split(" ", 1)
        chat = await agent.load(id_)
        print("loaded", flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)
        assert chat
        reply = await (chat.press("start") if did == "start" else chat.send(did))
        print(reply.handoff.url if reply.handoff else "none", flush=True)  # noqa: T201
    await agent.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
