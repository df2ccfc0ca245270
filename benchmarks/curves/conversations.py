"""What 1 to 10,000 open conversations take, in one process.

    python -m benchmarks.curves.conversations [--counts 1 10 100 1000 10000] [--stores memory sqlite] [--json FILE]

So many people have each been asked what is wrong, and have not answered yet: memory of the process, and what the next
turn of one of them takes then (CPU and the wait), with a model server on loopback that answers at once. Then as many
others write their first words in the same moment, and the model takes 300 ms: how long they wait, and how many get the
model's own question within the turn's 30 s (the others get an answer, too: without the model).
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from agent import Chat, HandoffAgent, User
from agent.data import example_path
from agent.models.openai_chat import OpenAIModel
from benchmarks.children import child, megabytes
from benchmarks.measures import Measure, Measures, report
from benchmarks.model_server import running

COUNTS = (1, 10, 100, 1_000, 10_000)
VAGUE, PROBLEM = "I'd like to speak to a live agent", "strange issue with a SQL database"
SAMPLE = 200
AT_ONCE = 50


async def measured(count: int, store: str, quick: str, slow: str) -> dict[str, Any]:
    """Everything about so many open conversations, in this process."""
    found: dict[str, Any] = {}
    async with _agent(quick, store) as agent:
        await _opened(agent, 2 * AT_ONCE, "warm")
        ids = await _opened(agent, count, "open")
        found["memory"] = megabytes()
        waits, began = [], time.process_time()
        sample = ids[:: max(1, count // SAMPLE)]
        for id_ in sample:
            start = time.perf_counter()
            chat = await agent.load(id_)
            assert chat
            reply = await chat.send(PROBLEM)
            waits.append(time.perf_counter() - start)
            assert reply.proposal
        found["cpu"] = 1e3 * (time.process_time() - began) / len(sample)
        found["wait"] = 1e3 * median(waits)
    async with _agent(slow, store) as agent:
        await asyncio.gather(*(agent.start(_person("slow", number)).send(VAGUE) for number in range(AT_ONCE)))
        taken = await asyncio.gather(*(_timed(agent.start(_person("burst", n))) for n in range(count)))
    seconds = [one for one, _ in taken]
    found["burst"] = median(seconds)
    found["burst, last"] = quantiles(seconds, n=100)[98] if count > 1 else seconds[0]
    found["asked"] = sum(own for _, own in taken) / count
    return found


def _agent(url: str, store: str) -> HandoffAgent:
    model = OpenAIModel("bench", base_url=url, api_key="none")
    return HandoffAgent.from_file(example_path(), model=model, store=store)


def _person(kind: str, number: int) -> User:
    return User(id=f"{kind}-{number}")


async def _opened(agent: HandoffAgent, count: int, kind: str) -> list[str]:
    left, ids = iter(range(count)), []

    async def worker() -> None:
        for number in left:
            chat = agent.start(_person(kind, number))
            await chat.send(VAGUE)
            ids.append(chat.id)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return ids


async def _timed(chat: Chat) -> tuple[float, bool]:
    """Seconds until there is a reply, and whether it is the model's own."""
    began = time.perf_counter()
    reply = await chat.send(VAGUE)
    return time.perf_counter() - began, "about, please?" in reply.text


def curves(store: str, count: int, found: dict[str, Any]) -> Measures:
    """What was measured, as measures."""
    of: dict[str, Any] = {"series": store, "at": count, "along": "conversations"}
    answered = Measure(
        name="at once: answered by the model", unit="", values=(found["asked"],), better="more", n=count, **of
    )
    return [
        Measure(name="open: memory of the process", unit="MB", values=(found["memory"],), **of),
        Measure.time("open: the next turn, CPU", "ms", found["cpu"], **of),
        Measure.time("open: the next turn, wait", "ms", found["wait"], **of),
        Measure.time("at once: wait, median", "s", found["burst"], **of),
        Measure.time("at once: wait, p99", "s", found["burst, last"], **of),
        answered,
    ]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, metavar="N")
    parser.add_argument("--stores", choices=["memory", "sqlite"], nargs="+", default=["memory", "sqlite"])
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        count, store, quick, slow = options.child
        with tempfile.TemporaryDirectory() as folder:
            text = "memory" if store == "memory" else str(Path(folder, "chats.db"))
            print(json.dumps(asyncio.run(measured(int(count), text, quick, slow))))
        return
    measures: Measures = []
    with running(0) as quick, running(0.3) as slow:
        for store in options.stores:
            for count in options.counts:
                found = child("benchmarks.curves.conversations", count, store, quick, slow)
                measures += curves(store, count, found)
    report(measures, options.json)


if __name__ == "__main__":
    main()
