"""How much of the ideal throughput the eval harness reaches, and what it costs beside a bare loop.

    python -m benchmarks.eval_harness                  # all of it, about two minutes
    python -m benchmarks.eval_harness --rounds 1 --only many

`few`: 32 conversations at once with a model that answers after 300 ms; 1 is what sleeping alone would take.
`many`: 200 at once, where the client's processor is the limit; the harness beside a bare loop on the openai client
that sends the same two requests a conversation and does nothing else. `workers`: the same with two processes, and with
two workers of a Dask cluster.
Runs alternate, each in a process of its own. The server has its own process, too.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.children import child
from benchmarks.measures import Measure, report
from benchmarks.model_server import running

HERE = "benchmarks.eval_harness"
LATENCY = 0.3
REQUESTS = 2  # of a conversation: a question, a queue
CASES = 1600


class Way(NamedTuple):
    """How 200 conversations at once are played; `at_once` in each process. `part` is what `--only` knows it by."""

    kind: str
    at_once: int
    workers: int
    part: str


BARE = Way("bare", 200, 1, "")
WAYS = {
    "200 at once, of a bare loop": Way("harness", 200, 1, "many"),
    "200 at once, 2 processes, of a bare loop": Way("harness", 100, 2, "workers"),
    "200 at once, 2 workers of Dask, of a bare loop": Way("dask", 100, 2, "workers"),
}
CASE = {
    "opening": "I'd like to speak to a live agent",
    "user": {"facts": {"problem": "strange issue with a SQL database"}},
    "expect": {"outcome": "handoff", "queue": "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee", "clarify": "required"},
    "tags": ["vague"],
}


def write_cases(path: Path, count: int) -> Path:
    """So many cases, all alike but for their ids."""
    with path.open("w") as file:
        file.writelines(json.dumps({"id": f"case-{number}", **CASE}) + "\n" for number in range(count))
    return path


def harness(
    cases: Path,
    folder: Path,
    *,
    concurrency: int,
    workers: int = 1,
    dask: str | None = None,
    model: str = "bench",
) -> dict[str, float]:
    """One run of the harness from this process."""
    from agent.cli.notices import warnings_on_stderr
    from evals.cli.planning import plan_of
    from evals.evaluation import evaluate

    plan = plan_of(
        queues=None,
        cases=(cases,),
        model=model,
        user=None,
        record=None,
        replay=None,
        cache=False,
        concurrency=concurrency,
    )
    with warnings_on_stderr():
        outcome = evaluate(plan, folder / "run", workers=workers, dask=dask)
    summary = outcome.summary
    assert summary.complete, outcome.problem
    assert summary.metrics["correct"].value == 1
    timed = json.loads((folder / "run" / "run.json").read_text())["times"]
    return {"seconds": timed["played_seconds"], "conversations": summary.counts["conversations"]}


def bare(base_url: str, count: int, concurrency: int) -> dict[str, float]:
    """The same requests in a loop on the openai client that knows nothing else."""
    from openai import AsyncOpenAI

    requests = json.loads(Path(os.environ["BENCH_REQUESTS"]).read_text())

    async def go() -> float:
        client = AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)
        left = iter(range(count))

        async def worker() -> None:
            for _ in left:
                for request in requests:
                    response = await client.chat.completions.create(**request)
                    message = response.choices[0].message
                    if message.tool_calls:
                        json.loads(message.tool_calls[0].function.arguments)

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())
        seconds = time.perf_counter() - began
        await client.close()
        return seconds

    return {"seconds": asyncio.run(go()), "conversations": count}


def requests_of_a_conversation(path: Path) -> Path:
    """The two requests that the harness sends, for the bare loop to send."""
    from datetime import UTC, datetime

    from agent import HandoffAgent
    from agent.data import example_path
    from agent.models.base import Answer, Briefing
    from agent.models.openai_chat import OpenAIModel
    from agent.records.decision import Ask, SelectQueue

    model, sent = OpenAIModel("bench", base_url="http://127.0.0.1:9/v1"), []

    class Listens:
        name = "bench"

        async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:  # noqa: ARG002
            sent.append(model.request(briefing))
            if len(sent) == 1:
                return Answer(decision=Ask(question="What is the problem about, please?"))
            return Answer(decision=SelectQueue(queue_id="71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"))

        async def close(self) -> None:
            pass

    async def go() -> None:
        clock = lambda: datetime(2026, 11, 18, 12, tzinfo=UTC)  # noqa: E731
        async with HandoffAgent.from_file(example_path(), model=Listens(), clock=clock) as agent:
            chat = agent.start()
            await chat.send(CASE["opening"])  # type: ignore[arg-type]
            await chat.send("strange issue with a SQL database")

    asyncio.run(go())
    path.write_text(json.dumps(sent))
    return path


def one_run(kind: str, count: int, concurrency: int, workers: int) -> dict[str, float]:
    """What `child` runs."""
    import openai  # noqa: F401 - its import is the same second for all

    with tempfile.TemporaryDirectory() as name:
        cases = write_cases(Path(name) / "cases.jsonl", count)
        if kind == "bare":
            result = bare(os.environ["OPENAI_BASE_URL"], count, concurrency)
        elif kind == "dask":
            from distributed import LocalCluster

            with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:  # type: ignore[no-untyped-call]
                result = harness(cases, Path(name), concurrency=concurrency, dask=cluster.scheduler_address)
        else:
            result = harness(cases, Path(name), concurrency=concurrency, workers=workers)
    return {"per second": result["conversations"] / result["seconds"]}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["few", "many", "workers"], action="append")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(one_run(options.child[0], *map(int, options.child[1:]))))
        return
    wanted = options.only or ["few", "many", "workers"]
    shares: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name, running(LATENCY) as url:
        requests = requests_of_a_conversation(Path(name) / "requests.json")
        env = {"OPENAI_BASE_URL": url, "BENCH_REQUESTS": str(requests)}
        for number in range(options.rounds):
            one_round(wanted, env, shares, backwards=bool(number % 2))
    found = [
        Measure(name="conversations a second", series=name, unit="×", values=tuple(values), better="more")
        for name, values in shares.items()
    ]
    report(found, options.json)


def one_round(
    wanted: list[str], env: dict[str, str], shares: dict[str, list[float]], *, backwards: bool
) -> None:
    """Everything once; every second round `backwards`, so that noise hits all alike."""
    if "few" in wanted:
        one = child(HERE, "harness", 640, 32, 1, env=env)
        ideal = 32 / (REQUESTS * LATENCY)
        shares.setdefault("32 at once, of the ideal", []).append(one["per second"] / ideal)
    ways = {way: title for title, way in WAYS.items() if way.part in wanted}
    if ways:
        order = [BARE, *ways]
        speed = {
            way: child(HERE, way.kind, CASES, way.at_once, way.workers, env=env)["per second"]
            for way in (reversed(order) if backwards else order)
        }
        for way, title in ways.items():
            shares.setdefault(title, []).append(speed[way] / speed[BARE])


if __name__ == "__main__":
    main()
