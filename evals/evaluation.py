"""A whole run: play, put in order, sum up, report. `handoff eval` is a thin door to this."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.errors import HandoffError, InputError, RunError
from agent.models.base import ChatModel
from evals.case import Case
from evals.cluster.client import run_on_cluster
from evals.comparison import Comparison, compared
from evals.judging import judged
from evals.loops import run_to_its_end
from evals.metrics.interval import spread
from evals.plan import NOT_IN_SUMMARY, Plan
from evals.played_model import Asks
from evals.report.page import page
from evals.result import Result
from evals.run import Sink, catalogue_of, on_paper, run_here
from evals.run_dir import Run, RunDir, read_results, read_summary
from evals.summary import Summary, summarize
from evals.tape import Tape
from evals.workers import run_in_processes


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
    dask: str | None = None,
    fresh: bool = False,
    baseline: Path | None = None,
    prices: tuple[float, float] | None = None,
    watch: Callable[[Result], None] = lambda _: None,
    resumed: Callable[[Result], None] = lambda _: None,
) -> Outcome:
    """Run `plan` into the folder `out`, or go on with what is there.

    `workers` is how many processes play; with `dask`, the address of a Dask scheduler, its workers do, wherever they are.
    `model` stands in for the plan's own (in this process only). `baseline` is the folder of another run to compare
    with, `prices` are those of a million tokens, read and written, for the report. `watch` sees every result as it
    comes, `resumed` those that were there before. Also works inside a running event loop, in a thread of its own.

    Raises `InputError` for a folder that belongs to another run, `KeyboardInterrupt` on Ctrl-C; what was played
    until then is kept. Whatever else keeps a run from its end is the outcome's `problem`, or a `RunError` where
    not even a summary could be written.
    """
    before = _before(baseline, out) if baseline else None
    if model is not None:
        plan = _with_model(plan, model, alone=workers == 1 and dask is None)
    empty = _tape_is_empty(plan)  # before a folder is made
    began, problem = time.perf_counter(), None
    run = Run(fingerprint=plan.fingerprint, conversations=plan.conversations, names=dict(plan.names))
    with RunDir(out, run, fresh=fresh) as folder:
        if folder.done:
            if empty and plan.mode == "record":  # it would lack what is in the results
                raise InputError(f"--record {plan.tape}: is empty, and {out} holds answers: add --fresh")
            for result in read_results(out):
                resumed(result)

        def sink(result: Result) -> None:
            folder.add(result)
            watch(result)

        try:
            _play(plan, sink, folder.done, model, workers=workers, dask=dask)
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
            folder.finish(
                summary, page(summary, read_results(out), times, comparison, _name(plan, out)), times
            )
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


def _before(baseline: Path, out: Path) -> Summary:
    """The baseline's summary; its results are looked through, too, before anything is paid for."""
    if baseline.resolve() == out.resolve():
        raise InputError(f"--baseline {baseline}: is the folder of this very run: give --out another one")
    for _ in read_results(baseline):
        pass
    return read_summary(baseline)


def _with_model(plan: Plan, model: ChatModel, *, alone: bool) -> Plan:
    if not alone:
        raise InputError("a model that is handed in cannot go to other processes: leave workers and dask out")
    if plan.tape and not isinstance(model, Asks):
        raise InputError(f"the model {model.name!r} does not say what it asks, so there is no tape for it")
    return replace(plan, settings=replace(plan.settings, model=model.name, base_url=None))


def regrade(out: Path, plan: Plan | None = None) -> Summary:
    """Score a stored run again, without a model: by what `plan`'s cases expect now, else by what they expected.

    Results, summary and report are written anew, and the run is one of these cases from now on. Raises `InputError`
    where `out` is no run, or where these cases would have been played differently.
    """
    with RunDir(out, None) as folder:
        run = folder.run
        if plan:
            cases = {case.id: case for case in plan.cases}
            _check_same(out, cases)
            folder.sort()
            folder.replace_results(judged(result, cases[result.id]) for result in read_results(out))
            changes = {"fingerprint": run.fingerprint | {"cases": plan.cases.hash}, "names": dict(plan.names)}
            run = run.model_copy(update=changes)
        else:
            folder.sort()
            folder.replace_results(map(judged, read_results(out)))
        configuration = {name: value for name, value in run.fingerprint.items() if name not in NOT_IN_SUMMARY}
        summary = summarize(read_results(out), configuration, run.names, run.conversations)
        folder.write_run(run)
        folder.finish(summary, page(summary, read_results(out), run.times, None, out.name), run.times)
    return summary


def _check_same(out: Path, cases: Mapping[str, Case]) -> None:
    for result in read_results(out):
        case = cases.get(result.id)
        if case is None:
            raise InputError(f"{out}: its case {result.id!r} is not in these case files")
        if case.script != result.script:
            raise InputError(
                f"{out}: its case {result.id!r} was played with other words than it has now: play it again"
            )


def _name(plan: Plan, out: Path) -> str:
    cases = ", ".join(Path(path).name for path in plan.cases.paths)
    return f"{out.name} ({plan.queues.name}; {cases}; {datetime.now().astimezone():%Y-%m-%d %H:%M})"


def timing(results: Iterable[Result]) -> dict[str, Any]:
    """How long the conversations took."""
    seconds: Counter[float] = Counter()
    for result in results:
        if result.scored:
            seconds[round(result.seconds, 2)] += 1
    return {"seconds": spread(seconds).model_dump() if seconds else None}


def _play(
    plan: Plan,
    sink: Sink,
    done: Collection[int],
    model: ChatModel | None,
    *,
    workers: int,
    dask: str | None,
) -> None:
    if dask is not None:
        run_on_cluster(plan, sink, done=done, scheduler=dask)
        return
    if workers > 1:
        run_in_processes(plan, sink, done=done, workers=workers)
        return

    source = on_paper(catalogue_of(plan), plan)
    run_to_its_end(run_here(plan, source, plan.jobs(done), sink, model=model))


def _tape_is_empty(plan: Plan) -> bool:
    """Whether nothing is on the tape yet; one that is about another model is refused, a new one gets its head."""
    if plan.tape is None:
        return False
    with Tape(plan.tape, plan.mode, plan.about_model) as tape:
        return tape.empty


def _sort_tape(plan: Plan) -> None:
    if plan.tape and plan.mode == "record":
        with Tape(plan.tape, plan.mode, plan.about_model) as tape:
            tape.sort()
