"""Play a plan's conversations, many at once. The order in which they end does not matter to the result."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager

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


async def run_here(
    plan: Plan,
    sink: Sink,
    *,
    done: Collection[int] = (),
    model: ChatModel | None = None,
    part: tuple[int, int] = (0, 1),
) -> None:
    """Play what is not `done`, in this process; each result goes to `sink` as it comes.

    `model` stands in for the plan's own. `part` (k, n) takes every n-th conversation, beginning with the k-th.
    """
    number, parts = part
    jobs = (job for job in plan.jobs() if job.position % parts == number and job.position not in done)
    async with _stage(plan, model) as stage:
        with _seldom_collected():
            await _play_all(jobs, stage, sink, plan.concurrency)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Many conversations at once are many objects that stay; looking for garbage among them took a sixth of all CPU."""
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


async def _play_all(jobs: Iterator[Job], stage: Stage, sink: Sink, concurrency: int) -> None:
    failed = 0

    async def worker() -> None:
        nonlocal failed
        for job in jobs:  # shared: each takes the next one
            result = await play(job.case, job.trial, stage)
            sink(result.model_copy(update={"position": job.position}))
            failed = failed + 1 if result.error else 0
            if failed >= HOPELESS:
                raise RunError(f"{HOPELESS} conversations in a row broke off, the last with: {result.error}")

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())
    except ExceptionGroup as problems:
        raise problems.exceptions[0] from None


def _on_paper(catalogue: Catalogue) -> Catalogue:
    """`catalogue` with a target that asks no appliance for anything: nobody opens what simulated people accept."""
    target = catalogue.target
    if isinstance(target, UrlTemplateSettings):
        return catalogue
    url = f"{target.address}/?queue_id={{queue_id}}&text={{summary}}"
    return catalogue.model_copy(update={"target": UrlTemplateSettings(url=url)})


@asynccontextmanager
async def _stage(plan: Plan, model: ChatModel | None) -> AsyncIterator[Stage]:
    catalogue = load(plan.queues)
    if catalogue.hash != plan.catalogue_hash:
        raise InputError(f"{plan.queues}: was changed while the run began: run it again")
    meaning = choose_meaning(plan.settings)
    own = model or choose_model(plan.settings)
    tape = Tape(plan.tape, plan.mode, plan.about_model) if plan.tape else None
    users = LLMUsers(plan.user, tape, tuple(plan.names.values())) if plan.user else None
    try:
        yield Stage(
            source=CatalogueSource.fixed(_on_paper(catalogue), meaning),
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
