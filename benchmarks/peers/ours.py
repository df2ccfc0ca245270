# env: ours
# import: import agent
# group: core
# what: HandoffAgent as it comes: store, budget, history, breaker, proposal and gate; asked twice, the press is code
import os
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from job.spec import CHAT_URL, MODEL, QUEUES, TURNS  # type: ignore[import-not-found]  # the peers' own

from agent import HandoffAgent, User

PEOPLE = count()
FOLDER = tempfile.TemporaryDirectory()


@cache
def agent(base_url: str) -> HandoffAgent:
    os.environ.update(OPENAI_BASE_URL=base_url, OPENAI_API_KEY="none")
    queues = "".join(
        f'  - {{id: "{id_}", name: "{name}", description: "{text}"}}\n' for id_, name, text in QUEUES
    )
    target = f'target: {{kind: url_template, url: "{CHAT_URL}{{queue_id}}"}}'
    path = Path(FOLDER.name, "queues.yaml")
    path.write_text(f'version: 1\n{target}\ndefault_queue: "{QUEUES[0][0]}"\nqueues:\n{queues}')
    return HandoffAgent.from_file(path, model=MODEL)


async def converse(base_url: str) -> dict[str, Any]:
    number = next(PEOPLE)
    chat = agent(base_url).start(
        User(id=f"person-{number}", name="Ada Example", email=f"ada{number}@acme.com")
    )
    asked = await chat.send(TURNS[0])
    proposed = await chat.send(TURNS[1])
    given = await chat.press("start")
    assert proposed.proposal
    assert given.handoff
    return {
        "replies": [asked.text, proposed.text, f"{given.text} {given.handoff.url}"],
        "queue_id": given.handoff.queue_id,
        "issue_summary": proposed.proposal.summary,
    }


async def aclose(base_url: str) -> None:
    await agent(base_url).close()
