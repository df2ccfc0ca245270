"""What is to be run: everything that the result depends on, and how it is gone about."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from agent.catalogue.gathered import text_of
from agent.catalogue.source import CatalogueSource
from agent.errors import InputError
from agent.models.choose import choose_meaning
from agent.settings import EMBEDDED, Settings
from evals.case import Case
from evals.case_file import CaseSet, check_cases
from evals.tape import Mode

SHIPPED = tuple(Path(str(files("evals") / "cases" / name)) for name in ("open.jsonl", "held.jsonl"))
"""The cases for the example catalogue. Nothing is ever tuned to those in `held.jsonl`."""


_SENTENCES = (
    "model.onnx",
    "model.onnx_data",
    "model.onnx.data",
    "tokenizer.json",
)  # where a sentence model may be


class Job(NamedTuple):
    """One conversation of a run; `position` is its number."""

    position: int
    case: Case
    trial: int


_PROGRAM = (".py", ".yaml", ".txt", ".npz")
NOT_IN_SUMMARY = ("tape", "program")
"""What a run is only gone on with if it is the same, but what its result does not depend on."""


@dataclass(frozen=True)
class Plan:
    """A run. Everything here can go to another process.

    `user` is the model that plays the people; without it they are scripted. `tags` takes only cases with one of
    them, `limit` the first so many. `fail_calls` is the share, between 0 and 1, of the model's calls that are made
    to fail: does the person get through all the same? `tape` is the file of answers, if any, and `mode` what is done with it.
    """

    queues: Path
    cases: CaseSet
    settings: Settings
    catalogue_hash: str
    user: Settings | None = None
    trials: int = 1
    limit: int | None = None
    tags: tuple[str, ...] = ()
    fail_calls: float = 0.0
    concurrency: int = 8
    tape: Path | None = None
    mode: Mode = "cache"
    names: Mapping[str, str] = field(default_factory=dict)
    """The queues' names by id."""
    sentences_hash: str | None = None
    """Of the sentence model that the search compares by; None: by the shipped vectors."""
    learned: int = 0
    """How many of the cases the catalogue learns from (`examples_from`): what is measured on them says little."""

    def jobs(self, done: Collection[int] = (), part: tuple[int, int] = (0, 1)) -> Iterator[Job]:
        """Every conversation that is not `done`, in order; the cases are read as they are needed.

        `part` (k, n) takes every n-th, beginning with the k-th.
        """
        first, every = part
        for job in self._all_jobs():
            if job.position % every == first and job.position not in done:
                yield job

    def _all_jobs(self) -> Iterator[Job]:
        wanted = set(self.tags)
        chosen = (case for case in self.cases if not wanted or wanted & set(case.tags))
        for number, case in enumerate(islice(chosen, self.limit)):
            for trial in range(self.trials):
                yield Job(number * self.trials + trial, case, trial)

    @cached_property
    def conversations(self) -> int:
        """How many there are."""
        if not self.tags:
            return min(self.cases.count, self.limit or self.cases.count) * self.trials
        return sum(1 for _ in self.jobs())

    @property
    def about_model(self) -> dict[str, Any]:
        """Which models answer, and how they are asked: what a tape is about."""
        settings = self.settings
        asked = settings.model != EMBEDDED
        return {
            "model": settings.model,
            "server": _without_password(settings.base_url) if asked else None,
            "decisions": settings.decisions if asked else None,
            "sure": None if asked else settings.sure,
            "user": self.user.model if self.user else "scripted",
            "user_server": _without_password(self.user.base_url) if self.user else None,
            "turn_seconds": settings.timeout,
        }

    @property
    def configuration(self) -> dict[str, Any]:
        """What the result depends on, as it stands in `summary.json`."""
        return {
            **self.about_model,
            "trials": self.trials,
            "limit": self.limit,
            "tags": list(self.tags),
            "fail_calls": self.fail_calls or None,
            "cases": self.cases.hash,
            "catalogue": self.catalogue_hash,
            "sentences": self.sentences_hash,
            "prompts": _hash_of(files("prompts"), ".txt"),
            "version": version("live-agent-handoff"),
        }

    @property
    def fingerprint(self) -> dict[str, Any]:
        """The configuration and the program itself: a run is only gone on with where none of it has changed."""
        return {
            **self.configuration,
            "tape": None if self.mode == "cache" or not self.tape else f"{self.mode} {self.tape.resolve()}",
            "program": _hash_of(files("agent"), *_PROGRAM) + _hash_of(files("evals"), *_PROGRAM),
        }


def make_plan(
    *,
    queues: Path,
    cases: Iterable[Path],
    settings: Settings,
    user: Settings | None = None,
    trials: int = 1,
    limit: int | None = None,
    tags: Iterable[str] = (),
    fail_calls: float = 0.0,
    concurrency: int = 8,
) -> Plan:
    """A plan of files that are in order; see `Plan`.

    Raises `CatalogueError` and `CaseFileError` with every mistake, `InputError` for a number out of range, `SettingsError`
    for a sentence model that cannot be used.
    """
    for name, number in (("trials", trials), ("limit", limit), ("concurrency", concurrency)):
        if number is not None and number < 1:
            raise InputError(f"{name} is {number}: it can be 1 or more")
    if not 0 <= fail_calls <= 1:
        raise InputError(f"fail_calls is {fail_calls}: it can be from 0 to 1")
    choose_meaning(settings)  # so that one that cannot be used is told before anything is begun
    views = CatalogueSource(queues).current()
    checked = check_cases(cases, views)
    known = {text for text, _ in views.catalogue.gathered}
    return Plan(
        queues=queues,
        cases=checked,
        learned=sum(text_of(case.opening, case.user.facts.values()) in known for case in checked)
        if known
        else 0,
        settings=settings,
        catalogue_hash=views.catalogue.hash,
        sentences_hash=sentences_hash(settings),
        names={queue.id: queue.name for queue in views.catalogue.queues},
        user=user,
        trials=trials,
        limit=limit,
        tags=tuple(tags),
        fail_calls=fail_calls,
        concurrency=concurrency,
    )


def sentences_hash(settings: Settings) -> str | None:
    """Of the sentence model that `settings` name, if any; see `Plan`."""
    return _hash_of(settings.sentences, *_SENTENCES) if settings.sentences else None


def _without_password(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    # A query may choose the model, and may hold a key: it is told apart without being told.
    query = hashlib.sha256(parts.query.encode()).hexdigest()[:8] if parts.query else ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query, fragment="").geturl()


def _hash_of(folder: Traversable, *endings: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(_walk(folder), key=str):
        if path.name.endswith(endings):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _walk(folder: Traversable) -> Iterator[Traversable]:
    for path in folder.iterdir():
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path
