"""The same run in several processes, where one processor is not enough. One of them writes: the parent."""

import asyncio
import multiprocessing
import signal
from collections.abc import Collection
from multiprocessing.connection import Connection, wait

from agent.cli.notices import warnings_on_stderr
from agent.errors import HandoffError, RunError
from evals.plan import Plan
from evals.result import Result
from evals.run import Sink, catalogue_of, on_paper, run_here


def run_in_processes(plan: Plan, sink: Sink, *, done: Collection[int], workers: int) -> None:
    """Play what is not `done`, every worker its part. Raises `RunError` at the end where a worker died."""
    context = multiprocessing.get_context("spawn")
    processes, pipes = [], []
    problems: list[str] = []
    try:
        for number in range(workers):
            receive, send = context.Pipe(duplex=False)
            process = context.Process(
                target=_work, args=(plan, frozenset(done), (number, workers), send), daemon=True
            )
            process.start()
            send.close()  # the worker has it: when it ends, however it ends, the pipe does
            processes.append(process)
            pipes.append(receive)
        while pipes:
            for pipe in wait(pipes):
                assert isinstance(pipe, Connection)  # noqa: S101 - of several kinds that wait can take
                try:
                    kind, text = pipe.recv()
                except (EOFError, OSError):
                    problems.append("a worker died; run it again to go on")
                    kind = "end"
                if kind == "result":
                    sink(Result.model_validate_json(text))
                    continue
                pipes.remove(pipe)
                if kind == "problem":
                    problems.append(text)
    finally:
        for process in processes:
            process.terminate()  # of no effect on one that has ended
            process.join()
    if problems:
        raise RunError("; ".join(dict.fromkeys(problems)))


def _work(plan: Plan, done: frozenset[int], part: tuple[int, int], send: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's matter, who ends this process

    def sink(result: Result) -> None:
        send.send(("result", result.model_dump_json()))

    try:
        with warnings_on_stderr():
            source = on_paper(catalogue_of(plan), plan)
            asyncio.run(run_here(plan, source, plan.jobs(done, part), sink))
    except HandoffError as error:
        send.send(("problem", str(error)))
    else:
        send.send(("end", ""))
