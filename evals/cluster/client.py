"""Sends a run's conversations to a cluster, and takes in what comes back. Only this process writes.

Batches go out, with the catalogue and with what the tape knows of them; results and new answers come back when a batch
is over. A batch whose worker dies is played again by another one: nothing of it was written before.
"""

import asyncio
import logging
import math
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.errors import HandoffError, InputError, RunError
from agent.extras import needs_extra
from agent.settings import Settings
from evals.cluster.worker import Batch, Played, Shared, about, play_batch
from evals.loops import run_to_its_end
from evals.plan import Job, Plan
from evals.result import Result
from evals.run import Sink, catalogue_of, giving_up
from evals.tape import Tape

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT = 10.0
"""Seconds in which the scheduler has to answer."""
WAIT = 30.0
"""Seconds in which a worker has to be there, at the beginning and after the last one left."""
PACKAGE = "live-agent-handoff"
_ROUNDS = 8
"""Conversations of a batch for each that is played at once: few enough that little is lost with a worker."""


def run_on_cluster(plan: Plan, sink: Sink, *, done: Collection[int], scheduler: str) -> None:
    """Play what is not `done` on the workers of the Dask scheduler at the address `scheduler`.

    Workers may come and go meanwhile. Raises `InputError` where no scheduler answers, or a worker has another version
    or another server, `RunError` where the run cannot go on.
    """
    shared = Shared(to_be_sent(plan), catalogue_of(plan), about(plan))
    with (
        Tape(plan.tape, plan.mode, plan.about_model) if plan.tape else nullcontext() as tape,
        _client(scheduler) as client,
    ):
        places = _places(client)
        _check_versions(client)
        size = _batch_size(plan, plan.conversations - len(done), places)
        # A task of its own, so that it is made again where all that had it are gone.
        common = client.submit(_same, shared, pure=False)
        _play_all(client, common, _batches(plan.jobs(done), size, tape), tape, giving_up(sink))


def _play_all(
    client: "Client", common: "Future[Shared]", batches: Iterator[Batch], tape: Tape | None, sink: Sink
) -> None:
    """After a problem nothing more is sent, but what was sent is paid for, and still taken in."""
    from distributed import wait

    running: set[Any] = set()
    problem: HandoffError | None = None
    while True:
        free = max(0, 2 * _places(client) - len(running))
        try:
            for batch in islice(batches, 0 if problem else free):
                running.add(client.submit(play_batch, common, batch, pure=False))
        except InputError as error:  # the case files are no longer what they were
            problem = error
        if not running:
            break
        try:
            ended = wait(running, timeout=1, return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]
        except TimeoutError:
            continue
        running -= ended
        for future in ended:
            problem = _take_in(future, tape, sink) or problem
    if problem:
        raise problem


def _take_in(future: "Future[Played]", tape: Tape | None, sink: Sink) -> HandoffError | None:
    """Write down what came of a batch; what kept it from its end is returned, so that the others are written, too."""
    from distributed.scheduler import KilledWorker

    if future.status == "error":
        error: Any = future.exception()  # type: ignore[no-untyped-call]
        if isinstance(error, KilledWorker):
            return RunError("workers died over the same conversations; run it again to go on")
        # Its text may have anything in it, also of a case.
        return RunError(f"a worker could not play: {type(error).__name__}; run it again to go on")
    played: Played = future.result()
    if tape and played.answers:
        tape.put_lines(played.answers)
    problem: HandoffError | None = played.problem
    for line in played.results:
        try:
            sink(Result.model_validate_json(line))
        except RunError as hopeless:
            problem = problem or hopeless
    return problem


def _same(shared: Shared) -> Shared:
    return shared


def _places(client: "Client") -> int:
    """How many batches the workers take at once; waits for one that does. Raises `RunError` where none comes."""
    until = time.monotonic() + WAIT
    while not (places := sum(client.nthreads().values())):  # type: ignore[no-untyped-call]
        if time.monotonic() > until:
            raise RunError(f"no worker was there for {WAIT:.0f} s: start one, with `dask worker ADDRESS`")
        time.sleep(0.5)
    return places


def _check_versions(client: "Client") -> None:
    """Whether the scheduler, which reads what it passes on, and the workers have this version of this program."""
    found: Any = client.get_versions(packages=[PACKAGE])
    elsewhere = {
        "the scheduler": found["scheduler"],
        **{f"the worker {w}": v for w, v in found["workers"].items()},
    }
    for who, its in elsewhere.items():
        version, ours = its["packages"][PACKAGE], found["client"]["packages"][PACKAGE]
        if version != ours:
            has = f"{PACKAGE} {version}" if version else f"no {PACKAGE}"
            raise InputError(f"--dask: {who} has {has}: install {ours} there, and start it again")


def _batch_size(plan: Plan, left: int, places: int) -> int:
    """So small that every worker gets some, and the last one does not keep the others waiting."""
    return max(1, min(_ROUNDS * plan.concurrency, math.ceil(left / (4 * places))))


def _batches(jobs: Iterator[Job], size: int, tape: Tape | None) -> Iterator[Batch]:
    while batch := tuple(islice(jobs, size)):
        answers = [tape.about_conversation(job.case.id, job.trial) for job in batch] if tape else []
        yield Batch(batch, b"".join(answers))


@contextmanager
def _client(scheduler: str) -> Iterator["Client"]:
    with needs_extra("--dask", "dask"):
        from dask import config
        from distributed import Client
        from distributed.client import FuturesCancelledError
    # Large catalogues are sent once, and batches are as large as they are to be: nothing to warn of.
    no_size = config.set({"distributed.admin.large-graph-warning-threshold": "1TB"})
    with _silence("distributed", "distributed.client"), no_size:
        try:
            run_to_its_end(_look(scheduler))
            client = Client(scheduler, timeout=CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
        except Exception as error:  # a wrong address can be any of Dask's
            raise InputError(
                f"--dask {scheduler}: no Dask scheduler answers there ({type(error).__name__}): "
                "start one with `dask scheduler`, and give the address that it prints, as in tcp://host:8786"
            ) from error
        with client, client.as_current():
            try:
                yield client
            except (OSError, FuturesCancelledError) as error:
                raise RunError("the Dask scheduler went away; run it again to go on") from error


async def _look(address: str) -> None:
    """Raises where no scheduler answers in time.

    A `Client` waits for ever for somebody who takes the connection and says nothing, and one that finds anything else
    than a scheduler ends 20 s after the program, with a traceback.
    """
    from distributed import Security
    from distributed.core import rpc

    security = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    async with asyncio.timeout(CONNECT), rpc(address, timeout=CONNECT, connection_args=security) as who:  # type: ignore[no-untyped-call]
        found = await who.identity()
    if found["type"] != "Scheduler":
        raise ValueError(found["type"])


@contextmanager
def _silence(*loggers: str) -> Iterator[None]:
    """What they have to say of a connection is said by an error, in a line."""
    levels = {logging.getLogger(name): logging.getLogger(name).level for name in loggers}
    try:
        for logger in levels:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def to_be_sent(plan: Plan) -> Plan:
    """The plan as it goes over the network: without secrets, and without paths of this machine.

    A recording that is replayed has neither key nor password in it.
    """
    named = replace(
        plan,
        queues=Path(plan.queues.name),
        cases=replace(plan.cases, paths=()),
        tape=plan.tape and Path(plan.tape.name),
    )
    if plan.mode == "replay":
        return replace(named, settings=replace(plan.settings, sentences=None))
    return replace(named, settings=_open(plan.settings), user=_open(plan.user) if plan.user else None)


def _open(settings: Settings) -> Settings:
    return Settings(
        model=settings.model, decisions=settings.decisions, timeout=settings.timeout, sure=settings.sure
    )
