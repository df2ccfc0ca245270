"""Play a plan's conversations, many at once. The order in which they end does not matter to the result."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Lock

from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue, UrlTemplateSettings
from agent.catalogue.source import CatalogueSource
from agent.errors import InputError, RunError
from agent.models.base import ChatModel
from agent.models.choose import choose_meaning, choose_model
from agent.turn.limits import Limits
from evals.conversation import Stage, play, scripted
from evals.llm_user import LLMUsers
from evals.plan import Job, Plan
from evals.result import Result
from evals.tape import Tape

HOPELESS = 10
"""So many errors of the machinery one after the other, and the run stops: the rest would fare no better."""

Sink = Callable[[Result], None]

_COLLECTING = Lock()


async def run_here(
    plan: Plan, source: CatalogueSource, jobs: Iterable[Job], sink: Sink, *, model: ChatModel | None = None
) -> None:
    """Play `jobs` in this process; each result goes to `sink` as it comes. `model` stands in for the plan's own."""
    async with _stage(plan, source, model) as stage:
        with _seldom_collected():
            await _play_all(iter(jobs), stage, giving_up(sink), plan.concurrency)


def catalogue_of(plan: Plan) -> Catalogue:
    """The plan's catalogue. Raises `InputError` where its file is no longer what was planned with."""
    catalogue = load(plan.queues)
    if catalogue.hash != plan.catalogue_hash:
        raise InputError(f"{plan.queues}: was changed while the run began: run it again")
    return catalogue


def on_paper(catalogue: Catalogue, plan: Plan) -> CatalogueSource:
    """`catalogue` with a target that asks no appliance for anything: nobody opens what simulated people accept."""
    target = catalogue.target
    if not isinstance(target, UrlTemplateSettings):
        target = UrlTemplateSettings(url=f"{target.address}/?queue_id={{queue_id}}&text={{summary}}")
    changed = catalogue.model_copy(update={"target": target})
    return CatalogueSource.fixed(changed, choose_meaning(plan.settings))


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Many conversations at once are many objects that stay; looking for garbage among them took a sixth of all CPU."""
    if not _COLLECTING.acquire(blocking=False):  # a run in another thread has seen to it
        yield
        return
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    if not frozen:  # else the host has its own way
        gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not frozen:
            gc.unfreeze()
        _COLLECTING.release()


def giving_up(sink: Sink) -> Sink:
    """`sink`, but raising `RunError`, once the result is in it, after so many errors in a row as `HOPELESS` says."""
    failed = 0

    def counting(result: Result) -> None:
        nonlocal failed
        sink(result)
        failed = failed + 1 if result.error else 0
        if failed >= HOPELESS:
            raise RunError(f"{HOPELESS} conversations in a row broke off, the last with: {result.error}")

    return counting


async def _play_all(jobs: Iterator[Job], stage: Stage, sink: Sink, concurrency: int) -> None:
    async def worker() -> None:
        for job in jobs:  # shared: each takes the next one
            result = await play(job.case, job.trial, stage)
            sink(result.model_copy(update={"position": job.position}))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())
    except ExceptionGroup as problems:
        raise problems.exceptions[0] from None


@asynccontextmanager
async def _stage(plan: Plan, source: CatalogueSource, model: ChatModel | None) -> AsyncIterator[Stage]:
    own = model or choose_model(plan.settings)
    tape = Tape(plan.tape, plan.mode, plan.about_model) if plan.tape else None
    users = LLMUsers(plan.user, tape, tuple(plan.names.values())) if plan.user else None
    try:
        yield Stage(
            source=source,
            model=own,
            limits=Limits(seconds=plan.settings.timeout),
            tape=tape,
            player=users or scripted,
            fail_calls=plan.fail_calls,
        )
    finally:
        # After Ctrl-C turns may still be running, and nobody waits for them any more.
        if tape:
            tape.closing = True
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if model is None:
            await own.close()
        if users:
            await users.close()
        if tape:
            tape.close()
