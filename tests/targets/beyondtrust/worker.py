"""A process of its own that makes session keys: `python -m tests.targets.beyondtrust.worker HOST STORE COUNT`."""

import asyncio
import sys

from agent.stores.sqlite import SQLiteStore
from agent.targets.beyondtrust.credentials import read_credentials
from agent.targets.beyondtrust.key_form import KeyForm
from agent.targets.beyondtrust.make import make_commands

SENDS = {"type": "support", "queue_id": "issue:db_support", "ttl": "600"}


async def main(host: str, path: str, count: int) -> None:
    store = SQLiteStore(path)
    forms = [KeyForm(make_commands(host, read_credentials(), store, seconds=10)) for _ in range(count)]
    keys = await asyncio.gather(*(form.make(SENDS) for form in forms))
    print(*(key.short for key in keys))  # noqa: T201 - what the test reads
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
