"""What 1 to 10,000 open conversations take, in one process.

    python -m benchmarks.curves.conversations [--counts 1 10 100 1000 10000] [--stores memory sqlite] [--rounds 3]

So many people have each been asked what is wrong, and have not answered yet: the memory of the process. Then 100 of them
answer every second, 3,000 at most, and a model server on loopback takes 300 ms for each: the CPU that such a turn takes,
how long they wait, and how many get the model's own choice rather than one without it.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from agent import HandoffAgent, User
from agent.data import example_path
from agent.models.openai_chat import OpenAIModel
from benchmarks.children import child, megabytes, per_round
from benchmarks.measures import Measure, Measures, report
from benchmarks.model_server import running

COUNTS = (1, 10, 100, 1_000, 10_000)
VAGUE, PROBLEM = "I'd like to speak to a live agent", "strange issue with a SQL database"
OPENING = 200  # at once
RATE = 100  # turns a second
TURNS = 3_000


async def measured(count: int, store: str, url: str) -> dict[str, Any]:
    """Everything about so many open conversations, in this process."""
    model = OpenAIModel("bench", base_url=url, api_key="none")
    async with HandoffAgent.from_file(example_path(), model=model, store=store) as agent:
        await _opened(agent, OPENING, "warm")
        ids = await _opened(agent, count, "open")
        memory = megabytes()
        began = time.process_time()
        asked = ids[:: -(-count // TURNS)]
        taken = await asyncio.gather(*(_next_turn(agent, id_, n / RATE) for n, id_ in enumerate(asked)))
        waits = [1e3 * seconds for seconds, _ in taken]
        return {
            "memory": memory,
            "cpu": 1e3 * (time.process_time() - began) / len(asked),
            "median": median(waits),
            "p99": quantiles(waits, n=100)[98] if len(waits) > 1 else waits[0],
            "chosen": sum(own for _, own in taken) / len(asked),
            "turns": len(asked),
        }


async def _opened(agent: HandoffAgent, count: int, kind: str) -> list[str]:
    left, ids = iter(range(count)), []

    async def worker() -> None:
        for number in left:
            chat = agent.start(User(id=f"{kind}-{number}"))
            await chat.send(VAGUE)
            ids.append(chat.id)

    await asyncio.gather(*(worker() for _ in range(OPENING)))
    return ids


async def _next_turn(agent: HandoffAgent, id_: str, after: float) -> tuple[float, bool]:
    """Seconds that a person waits who answers `after` so many, and whether the proposal is the model's own."""
    await asyncio.sleep(after)
    began = time.perf_counter()
    chat = await agent.load(id_)
    assert chat
    reply = await chat.send(PROBLEM)
    assert reply.proposal
    return time.perf_counter() - began, reply.model_calls == 1


def curves(store: str, count: int, found: list[dict[str, Any]]) -> Measures:
    """What was measured, as measures."""
    of: dict[str, Any] = {"series": store, "at": count, "along": "conversations"}
    chosen = Measure(
        name="chosen by the model", unit="", values=per_round(found, "chosen"), better="more", **of
    )
    return [
        Measure(name="memory of the process", unit="MB", values=per_round(found, "memory"), **of),
        Measure.time("the next turn, CPU", "ms", *per_round(found, "cpu"), **of),
        Measure.time("the next turn, wait, median", "ms", *per_round(found, "median"), **of),
        Measure.time("the next turn, wait, p99", "ms", *per_round(found, "p99"), **of),
        chosen.model_copy(update={"n": found[0]["turns"]}),
    ]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, metavar="N")
    parser.add_argument("--stores", choices=["memory", "sqlite"], nargs="+", default=["memory", "sqlite"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        count, store, url = options.child
        with tempfile.TemporaryDirectory() as folder:
            text = "memory" if store == "memory" else str(Path(folder, "chats.db"))
            print(json.dumps(asyncio.run(measured(int(count), text, url))))
        return
    measures: Measures = []
    with running(0.3) as url:
        for store in options.stores:
            for count in options.counts:
                rounds = range(options.rounds)
                found = [child("benchmarks.curves.conversations", count, store, url) for _ in rounds]
                measures += curves(store, count, found)
    report(measures, options.json)


if __name__ == "__main__":
    main()
