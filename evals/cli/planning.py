"""From options and environment to a plan."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.data import example_path
from agent.errors import CaseFileError, InputError
from agent.settings import EMBEDDED, Settings
from evals.plan import SHIPPED, Plan, make_plan
from evals.tape import about_of

RUNS = Path("eval-runs")


def plan_of(
    *,
    queues: Path | None,
    cases: tuple[Path, ...],
    model: str | None,
    user: str | None,
    record: Path | None,
    replay: Path | None,
    cache: bool,
    environ: Mapping[str, str] = os.environ,
    **more: Any,
) -> Plan:
    """The plan that the options describe. Raises `InputError` for everything that is wrong with them."""
    if queues and not cases:
        raise InputError(
            "--queues needs --cases: the shipped cases are for the shipped example catalogue only."
        )
    if record and replay:
        raise InputError("--record writes a recording and --replay reads one: give one of them.")
    player = None
    if replay:
        if model or user:
            raise InputError("--replay takes the models from the recording: leave --model and --user out.")
        settings, player = _recorded(replay)
        # The search is this machine's own: what it finds stands in prompts, too.
        settings = replace(settings, sentences=Settings.from_environment(environ, model=EMBEDDED).sentences)
    else:
        settings = Settings.from_environment(environ, model=model)
        if user:
            if user == EMBEDDED:
                raise InputError("--user takes the name of an LLM; without it the people are scripted.")
            player = Settings.from_environment(environ, model=user)
    asked = settings.model != EMBEDDED or player is not None
    if record and not asked:
        raise InputError("--record: there is nothing to record, the embedded model always answers the same.")
    with for_the_example(queues):
        plan = make_plan(
            queues=queues or example_path(),
            cases=cases or SHIPPED,
            settings=settings,
            user=player,
            **more,
        )
    if replay:
        return replace(plan, tape=replay, mode="replay")
    if record:
        return replace(plan, tape=record, mode="record")
    return replace(plan, tape=_cache_file(plan), mode="cache") if cache and asked else plan


@contextmanager
def for_the_example(queues: Path | None) -> Iterator[None]:
    """Cases of another catalogue have mistakes for want of --queues: say so."""
    try:
        yield
    except CaseFileError as error:
        if queues is None and any("the catalogue has no queue" in mistake.text for mistake in error.mistakes):
            hint = "the queues are those of the shipped example: give --queues FILE for your own"
            error.args = (f"{error}\n{hint}",)
        raise


def default_out(plan: Plan) -> Path:
    """A folder of its own for every configuration, so that the same command finds its run again."""
    name = "".join(c if c.isalnum() or c in "-._" else "-" for c in plan.settings.model)
    return RUNS / f"{name}-{_digest(plan.fingerprint)[:8]}"


def _cache_file(plan: Plan) -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    about = {**plan.about_model, "catalogue": plan.catalogue_hash}
    return Path(home) / "live-agent-handoff" / "answers" / f"{_digest(about)[:16]}.jsonl"


def _recorded(tape: Path) -> tuple[Settings, Settings | None]:
    """The models of a recording; no key and no server is needed for them."""
    about = about_of(tape)
    try:
        settings = Settings(
            model=about["model"],
            base_url=about["server"],
            decisions=about["decisions"] or "tools",
            timeout=float(about["turn_seconds"]),
        )
        user = Settings(model=about["user"], base_url=about["user_server"], timeout=settings.timeout)
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{tape}: the head of this recording is damaged: record it again") from None
    return settings, None if user.model == "scripted" else user


def _digest(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
