"""The approved entries of a review file as cases."""

from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from agent.errors import CaseFileError, InputError, Mistake
from agent.outcomes.review import read_review
from evals.case import Case
from evals.case_file import explain


class Reviewed(NamedTuple):
    """The cases, and how many entries are not decided, or approved without a conversation to make a case of."""

    cases: list[Case]
    open: int
    without: int


def read_reviewed(path: Path, tags: tuple[str, ...] = ()) -> Reviewed:
    """What a person approved in the review file `path`, each as it stands there now.

    Raises `FileError` with every bad line, and `InputError` where there is no such file.
    """
    if not path.exists():
        raise InputError(f"--review {path}: there is no such file; `handoff outcomes --review` writes one")
    entries = read_review(path)
    cases: list[Case] = []
    mistakes: list[Mistake] = []
    for entry in entries:
        if entry.approved and entry.case is not None:
            try:
                case = Case.model_validate(entry.case)
                cases.append(case.model_copy(update={"tags": (*tags, *case.tags)}))
            except ValidationError as error:
                where = f"the case of {entry.reference[:8]}: "
                mistakes += [Mistake(0, where + explain(e)) for e in error.errors(include_url=False)]
    if mistakes:
        raise CaseFileError(str(path), mistakes)
    approved = sum(entry.approved is True for entry in entries)
    return Reviewed(cases, sum(entry.approved is None for entry in entries), approved - len(cases))
