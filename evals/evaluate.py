"""A whole run: play, put in order, sum up, report. `handoff eval` is a thin door to this."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from agent.errors import HandoffError, InputError, RunError
from agent.models.base import ChatModel
from evals.compare import Comparison, compared
from evals.judging import judged
from evals.metrics.interval import rounded, spread
from evals.plan import Plan
from evals.report.page import page
from evals.result import Result
from evals.run import Sink, run_here
from evals.run_dir import RunDir, read_results, read_summary
from evals.summary import Summary, summarize
from evals.tape import Tape
from evals.workers import run_in_processes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `played` conversations are of this time; `problem` says what kept it from its end."""

    summary: Summary
    played: int
    problem: str | None = None
    comparison: Comparison | None = None


def evaluate(
    plan: Plan,
    out: Path,
    *,
    model: ChatModel | None = None,
    workers: int = 1,
    fresh: bool = False,
    baseline: Path | None = None,
    prices: tuple[float, float] | None = None,
    watch: Callable[[Result], None] = lambda _: None,
) -> Outcome:
    """Run `plan` into the folder `out`, or go on with what is there.

    `model` stands in for the plan's own (in one process only). `baseline` is the folder of another run to compare
    with, `prices` are those of a million tokens, read and written, for the report. `watch` sees every result, those
    that were there before first. Also works inside a running event loop, in a thread of its own.

    Raises `InputError` for a folder that belongs to another run, `KeyboardInterrupt` on Ctrl-C; what was played
    until then is kept. Whatever else keeps a run from its end is the outcome's `problem`, or a `RunError` where
    not even a summary could be written.
    """
    before = read_summary(baseline) if baseline else None  # before anything is paid for
    if model is not None and workers > 1:
        raise InputError("a model that is handed in cannot go to other processes: use workers=1")
    _head_tape(plan)
    began, problem = time.perf_counter(), None
    with RunDir(out, plan.fingerprint, fresh=fresh) as folder:
        if folder.done:
            for result in read_results(out):
                watch(result)

        def sink(result: Result) -> None:
            folder.add(result)
            watch(result)

        try:
            _play(plan, sink, folder.done, model, workers)
        except InputError:
            raise
        except HandoffError as error:
            problem = str(error)
        played = time.perf_counter() - began
        with _room_for(out):
            folder.sort()
            _sort_tape(plan)
            summary = summarize(read_results(out), plan.configuration, plan.names, plan.conversations)
            comparison = None
            if before and baseline:
                comparison = compared((before, read_results(baseline)), (summary, read_results(out)))
            times = timing(read_results(out)) | {
                "played_seconds": round(played, 3),
                "played_now": summary.counts["conversations"] - len(folder.done),
                "prices": prices,
            }
            folder.finish(summary, page(summary, read_results(out), times, comparison), times)
    return Outcome(summary, times["played_now"], problem, comparison)


@contextmanager
def _room_for(out: Path) -> Iterator[None]:
    """A disk that is full once everything is played keeps the run from its end, and takes nothing away."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"{error.filename or out}: {error.strerror}; what was played is kept in {out}"
        ) from error


def regrade(out: Path, plan: Plan | None = None) -> Summary:
    """Score a stored run again, without a model: by what `plan`'s cases expect now, else by what they expected.

    Results, summary and report are written anew. Raises `InputError` where `out` is no run.
    """
    old = read_summary(out)
    run = RunDir(out, None)
    expected = {case.id: case for case in plan.cases} if plan else {}
    configuration = old.configuration | ({"cases": plan.cases.hash} if plan else {})
    names = {id_: queue.name for id_, queue in old.queues.items()} | (dict(plan.names) if plan else {})
    with run:
        run.replace_results(judged(result, expected.get(result.id)) for result in read_results(out))
        wanted = old.counts["conversations"] + old.counts["missing"]
        summary = summarize(read_results(out), configuration, names, wanted)
        times = run.times
        run.finish(summary, page(summary, read_results(out), times, None), times)
    return summary


def timing(results: Iterable[Result]) -> dict[str, Any]:
    """How long the conversations took."""
    seconds: Counter[float] = Counter()
    for result in results:
        if result.scored:
            seconds[round(result.seconds, 2)] += 1
    return {
        "seconds": spread(seconds).model_dump() if seconds else None,
        "conversations": rounded(sum(seconds.values())),
    }


def _play(plan: Plan, sink: Sink, done: Collection[int], model: ChatModel | None, workers: int) -> None:
    if workers > 1:
        run_in_processes(plan, sink, done=done, workers=workers)
        return

    def go() -> None:
        asyncio.run(run_here(plan, sink, done=done, model=model))

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        go()
    else:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(go).result()


def _head_tape(plan: Plan) -> None:
    """Refuse a tape that is about another model before a folder is made; a new one gets its head."""
    if plan.tape:
        Tape(plan.tape, plan.mode, plan.about_model).close()


def _sort_tape(plan: Plan) -> None:
    if plan.tape and plan.mode == "record":
        with Tape(plan.tape, plan.mode, plan.about_model) as tape:
            tape.sort()
