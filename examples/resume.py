"""Go on after a restart: `python examples/resume.py`.

Two ways: the agent keeps the conversations (here in one SQLite file), or your host keeps the document that
`dump` gives, signed with a key. Synchronous calls, as in a script or a notebook.
"""

import secrets
import tempfile
from pathlib import Path

from agent import HandoffAgent
from agent.background import run
from agent.data import example_path
from agent.stores.sqlite import SQLiteStore


def with_a_store(file: Path) -> None:
    before = HandoffAgent.from_file(example_path(), store=SQLiteStore(file))
    chat = before.start()
    chat.send_sync("The VPN drops every few minutes when I work from home")
    run(before.close())  # the process ends here …

    after = HandoffAgent.from_file(example_path(), store=SQLiteStore(file))
    again = run(after.load(chat.id))  # … and another one goes on
    if again is None:
        raise SystemExit("the conversation is gone")
    reply = again.press_sync("start")
    print("from the store:", reply.handoff.url if reply.handoff else reply.text)
    run(after.close())


def with_a_document() -> None:
    key = secrets.token_hex(16)  # in a host: HANDOFF_STATE_KEY, the same for every process
    chat = HandoffAgent.from_file(example_path(), state_key=key).start()
    chat.send_sync("My PostgreSQL backup failed last night")
    saved = chat.dump()  # JSON: keep it with your session, never in the browser

    again = HandoffAgent.from_file(example_path(), state_key=key).resume(saved)
    reply = again.press_sync("start")
    print("from the document:", reply.handoff.url if reply.handoff else reply.text)


with tempfile.TemporaryDirectory() as folder:
    with_a_store(Path(folder) / "conversations.sqlite")
with_a_document()
