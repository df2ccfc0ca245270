"""`handoff serve` under load: turns a second, the wait, processor time and memory, with a model that answers at once.

    python -m benchmarks.http_load --store memory --store bench.db --at-once 1 32 --conversations 1000
    python -m benchmarks.http_load --store postgresql://postgres@127.0.0.1/test --processes 2
    python -m benchmarks.http_load --store bench.db --idle 3000
    python -m benchmarks.http_load --store bench.db --streams 1000

A conversation is three turns: a question, a proposal, the press that makes the handoff. People are on the same
machine: they take their share of the processors, and the numbers include it. With several processes nginx stands
before them, with the configuration of deploy/, TLS included. `--idle` goes on through so many conversations and
tells what each leaves in the process, the first ones aside, which fill its caches. `--streams` opens so many event
streams, 80 a second, while the model thinks for 18 s. Prints a table in Markdown; `--json` writes the turns of it.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from agent.stores.choose import file_of
from benchmarks.http_client import Client, load
from benchmarks.http_servers import Servers, servers
from benchmarks.measures import Measure, Measures, write
from benchmarks.model_server import running as model_server

Row = dict[str, str | int | float]
WARMING = 200  # conversations
THINKING = 18.0  # seconds; a turn has 24 for its model
BEGINNING = 80  # streams a second, so that 1,000 are open together


def turns(running: Servers, conversations: int, at_once: int) -> Row:
    asyncio.run(load(running.address, 40, 4))  # warm
    cpu = running.seconds()
    seconds, took = asyncio.run(load(running.address, conversations, at_once))
    cuts = statistics.quantiles(took, n=100)
    return {
        "at once": at_once,
        "turns/s": round(len(took) / seconds),
        "p50 ms": round(cuts[49] * 1000, 1),
        "p99 ms": round(cuts[98] * 1000, 1),
        "processor ms a turn": round((running.seconds() - cpu) / len(took) * 1000, 2),
        "MB": round(running.megabytes()),
    }


def idle(running: Servers, conversations: int) -> Row:
    asyncio.run(load(running.address, WARMING, 16))
    before = running.megabytes()
    asyncio.run(load(running.address, conversations, 16))
    after = running.megabytes()
    return {
        "conversations": conversations,
        "MB before": round(before, 1),
        "MB after": round(after, 1),
        "KB each": round((after - before) / conversations * 1024, 2),
    }


def open_streams(running: Servers, streams: int) -> Row:
    return asyncio.run(_open_streams(running, streams))


async def _open_streams(running: Servers, streams: int) -> Row:
    await _watching([await Client.to(running.address) for _ in range(16)])  # warm
    clients = [await Client.to(running.address) for _ in range(streams)]
    before = most = running.megabytes()
    begun = time.perf_counter()
    told = asyncio.create_task(_watching(clients))
    while not told.done():
        most = max(most, running.megabytes())
        await asyncio.sleep(0.5)
    return {
        "streams": streams,
        "MB before": round(before, 1),
        "MB at most": round(most, 1),
        "KB each": round((most - before) / streams * 1024, 1),
        "s until the last ended": round(time.perf_counter() - begun, 1),
        "failed": await told,
    }


async def _watching(clients: list[Client]) -> int:
    """Follow a turn on each connection to its end; how many failed."""

    async def watch(number: int, client: Client) -> bytes:
        await asyncio.sleep(number / BEGINNING)
        said = {"text": "I'd like to speak to a live agent"}
        return await client.post("/v1/conversations", said, "text/event-stream")

    told = await asyncio.gather(*(watch(number, client) for number, client in enumerate(clients)))
    assert all(b'"type":"turn_end"' in events for events in told)
    for client in clients:
        client.close()
    return sum(b'"type":"error"' in events for events in told)


def measured(store: str, options: argparse.Namespace) -> list[Row]:
    with model_server(THINKING if options.streams else 0.0) as url:
        model = None if options.embedded else url
        with servers(store, model, options.processes) as running:
            if options.streams:
                rows = [open_streams(running, options.streams)]
            elif options.idle:
                rows = [idle(running, options.idle)]
            else:
                rows = [turns(running, options.conversations, at_once) for at_once in options.at_once]
    # An address may have a password in it.
    kind = "sqlite" if file_of(store) else store.partition("://")[0]
    return [{"store": kind, "processes": options.processes, **row} for row in rows]


def table(rows: list[Row]) -> str:
    lines: list[list[Any]] = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


COLUMNS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "turns/s": ("turns a second", "/s", {"timed": True, "better": "more"}),
    "p50 ms": ("a turn, median", "ms", {"timed": True}),
    "p99 ms": ("a turn, p99", "ms", {"timed": True}),
    "processor ms a turn": ("a turn, CPU", "ms", {"timed": True}),
    "MB": ("memory", "MB", {}),
}


def measures_of(rows: list[Row]) -> Measures:
    """The turns of the table, as a curve over how many people wait at once."""
    places = dict.fromkeys((row["store"], row["at once"]) for row in rows if "at once" in row)
    return [
        Measure(
            name=name,
            unit=unit,
            values=tuple(float(row[column]) for row in rows if (row["store"], row["at once"]) == place),
            series=str(place[0]),
            at=float(place[1]),
            along="at once",
            **more,
        )
        for column, (name, unit, more) in COLUMNS.items()
        for place in places
    ]


def options_in(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--store", action="append", help="as `handoff serve` takes it; repeatable; else memory and SQLite"
    )
    parser.add_argument("--processes", type=int, default=1, help="so many, behind nginx if more than one")
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--embedded", action="store_true", help="the embedded model, not one behind a server")
    parser.add_argument("--idle", type=int, metavar="N", help="what N conversations leave in memory")
    parser.add_argument("--streams", type=int, metavar="N", help="hold N event streams open")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args(arguments)


def main() -> None:
    options = options_in()
    with tempfile.TemporaryDirectory() as folder:
        stores = options.store or ["memory", str(Path(folder, "chats.db"))]
        rows = [row for _ in range(options.rounds) for store in stores for row in measured(store, options)]
    print(table(rows))
    if options.json:
        write(options.json, measures_of(rows))


if __name__ == "__main__":
    main()
