"""What a worker of the cluster does: it plays a batch of conversations, without any file of the run."""

import asyncio
import os
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from agent.catalogue.schema import Catalogue
from agent.catalogue.source import CatalogueSource
from agent.errors import HandoffError, InputError, RunError
from agent.settings import EMBEDDED, Settings
from evals.plan import Job, Plan, sentences_hash
from evals.result import Result
from evals.run import on_paper, run_here
from evals.tape import begin


@dataclass(frozen=True, eq=False)
class Shared:
    """What every batch of a run needs; there are no secrets in `plan`.

    `about` is what a worker has to have in common with who began the run: the program, prompts, models and servers.
    """

    plan: Plan = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    about: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Batch:
    """Conversations to be played, and the lines of the tape that are about them."""

    jobs: tuple[Job, ...] = field(repr=False)  # a worker's log may print it
    answers: bytes = field(repr=False)


@dataclass(frozen=True)
class Played:
    """What came of a batch: results as lines of JSON, new lines for the tape, and what kept it from its end."""

    results: list[str] = field(repr=False)
    answers: bytes = field(repr=False)
    problem: InputError | RunError | None


def play_batch(shared: Shared, batch: Batch) -> Played:
    """Play `batch` in this process. What it finds wrong is in its result, and so are the conversations before that."""
    results: list[str] = []
    problem: InputError | RunError | None = None
    answers = b""

    def sink(result: Result) -> None:
        results.append(result.model_dump_json())

    with TemporaryDirectory(dir=_scratch()) as folder:
        try:
            plan, source = _ready(shared)
            if plan.tape is None:
                asyncio.run(run_here(plan, source, batch.jobs, sink))
            else:
                tape = Path(folder, "tape")
                begin(tape, plan.about_model, batch.answers)
                known = tape.stat().st_size
                try:
                    asyncio.run(run_here(replace(plan, tape=tape), source, batch.jobs, sink))
                finally:
                    answers = tape.read_bytes()[known:]
        except InputError as error:
            problem = InputError(f"on a worker: {error}")
        except HandoffError as error:
            problem = RunError(str(error))
    return Played(results, answers, problem)


def _scratch() -> str | None:
    """The worker's own folder: what a worker that is killed leaves there, Dask's next one clears. None: there is no worker."""
    from distributed import get_worker

    try:
        worker: Any = get_worker()
    except ValueError:
        return None
    return str(worker.local_directory)


_MAKING = Lock()
"""A worker may have several threads, and `lru_cache` lets each of them make what is not there yet."""


def _ready(shared: Shared) -> tuple[Plan, CatalogueSource]:
    with _MAKING:
        return _made(shared)


@lru_cache(maxsize=1)
def _made(shared: Shared) -> tuple[Plan, CatalogueSource]:
    """The plan with this machine's own key and server, and the catalogue's index; made once for all batches of a run."""
    plan = shared.plan
    if plan.mode != "replay":
        plan = replace(plan, settings=_own(plan.settings), user=_own(plan.user) if plan.user else None)
    sentences = Settings.from_environment(os.environ, model=EMBEDDED).sentences
    plan = replace(plan, settings=replace(plan.settings, sentences=sentences))
    plan = replace(plan, sentences_hash=sentences_hash(plan.settings))
    mine = about(plan)
    if changed := [name for name in mine if mine[name] != shared.about.get(name)]:
        raise InputError(
            f"another {' and another '.join(changed)} than where the run began: "
            "give both the same version of live-agent-handoff and the same environment"
        )
    return plan, on_paper(shared.catalogue, plan)


def _own(settings: Settings) -> Settings:
    """With this machine's key and address. Raises `SettingsError`, which is about this machine, where there is none."""
    own = Settings.from_environment(os.environ, model=settings.model)
    return replace(settings, api_key=own.api_key, base_url=own.base_url)


def about(plan: Plan) -> dict[str, Any]:
    """See `Shared.about`."""
    return {name: value for name, value in plan.fingerprint.items() if name != "tape"}
