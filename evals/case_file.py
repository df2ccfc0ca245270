"""Case files: one JSON object a line, checked whole before anything runs, then read line by line."""

import hashlib
import json
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from agent.catalogue.view import Views
from agent.cli.lines import Press
from agent.errors import CaseFileError, Mistake
from agent.language.clean import one_line
from evals.case import Case

Path = str | os.PathLike[str]
_MARK = b"\xef\xbb\xbf"  # which some editors put at the beginning
_CHANGED = "the cases were changed while they were played: run them again"


@dataclass(frozen=True, slots=True)
class CaseSet:
    """Files of cases that were found to be in order; `hash` is the SHA-256 over their bytes.

    Only what is being played is in memory: iterating reads the files again, and raises `CaseFileError` where they
    are no longer what was checked.
    """

    paths: tuple[Path, ...]
    count: int
    hash: str
    tags: frozenset[str]

    def __iter__(self) -> Iterator[Case]:
        digest = hashlib.sha256()
        for path in self.paths:
            for number, raw in _lines(path):
                digest.update(raw)
                line = raw.removeprefix(_MARK)
                if line.strip():
                    try:
                        yield Case.model_validate_json(line)
                    except ValidationError:
                        raise CaseFileError(os.fspath(path), [Mistake(number, _CHANGED)]) from None
        if digest.hexdigest() != self.hash:
            raise CaseFileError(os.fspath(self.paths[-1]), [Mistake(0, _CHANGED)])


def check_cases(paths: Iterable[Path], views: Views) -> CaseSet:
    """Check the files against a catalogue.

    Raises `CaseFileError` with every bad line: not JSON, not a case, an id that stood before, a queue that does not
    exist or that this person may not see.
    """
    paths = tuple(paths)
    bad: list[CaseFileError] = []
    seen: dict[str, str] = {}
    tags: set[str] = set()
    digest, count = hashlib.sha256(), 0
    for path in paths:
        mistakes: list[Mistake] = []
        cases = 0
        for number, raw in _lines(path):
            digest.update(raw)
            line = raw.removeprefix(_MARK)
            if not line.strip():
                continue
            cases += 1
            found = list(_mistakes(line, f"{path}:{number}", seen, tags, views))
            mistakes += [Mistake(number, text) for text in found]
        if not cases:
            mistakes.append(Mistake(0, "there is no case in this file: it takes one JSON object a line"))
        if mistakes:
            bad.append(CaseFileError(os.fspath(path), mistakes))
        count += cases
    if bad:
        raise CaseFileError.of(bad)
    return CaseSet(paths, count, digest.hexdigest(), frozenset(tags))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - as above
            raise OSError(None, "it is no regular file, and cases are read more than once")  # noqa: TRY301
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            yield from enumerate(file, 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CaseFileError(
            os.fspath(path), [Mistake(0, f"the case file cannot be read ({reason})")]
        ) from None


def _mistakes(raw: bytes, place: str, seen: dict[str, str], tags: set[str], views: Views) -> Iterator[str]:
    try:
        data = json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        yield "this line is not UTF-8"
        return
    except (ValueError, RecursionError) as error:
        reason = (
            "nested too deeply"
            if isinstance(error, RecursionError)
            else getattr(error, "msg", "a long number")
        )
        yield f"not JSON ({reason}): a line is one whole JSON object"
        return
    if not isinstance(data, dict):
        yield "not a JSON object: a line looks like " + '{"id": …, "opening": …, "expect": …}'
        return
    id_ = data.get("id")
    if isinstance(id_, str):
        if id_.strip() in seen:
            yield f'the id "{_short(id_)}" stands in {seen[id_.strip()]} already'
        seen.setdefault(id_.strip(), place)
    try:
        case = Case.model_validate_json(raw)
    except ValidationError as error:
        yield from dict.fromkeys(map(explain, error.errors(include_url=False)))
        return
    tags.update(case.tags)
    yield from _unknown_queues(case, views)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise json.JSONDecodeError(f'the key "{_short(twice)}" stands there twice', "", 0)
    return found


def _unknown_queues(case: Case, views: Views) -> Iterator[str]:
    view = views.of(case.user.user)
    chosen = (act.line for act in case.user.acts)
    ids = (press.queue_id for press in chosen if isinstance(press, Press) and press.queue_id)
    for id_ in dict.fromkeys((*case.expect.queues, *ids)):
        if id_ not in views.catalogue.by_id:
            yield f'case "{_short(case.id)}": the catalogue has no queue "{_short(id_)}"'
        elif view.get(id_) is None:
            yield (
                f'case "{_short(case.id)}": queue "{_short(id_)}" is only for some people; '
                "give `user.attributes` that open it"
            )


def explain(error: Any) -> str:
    """One of pydantic's errors: where, and what would be right."""
    loc = error["loc"]
    if loc[:2] == ("user", "attributes") and len(loc) > 2:
        return f"`user.attributes.{loc[2]}`: must be text or a list of texts"
    where = ".".join(str(part) for part in loc)
    place = f"`{where}`: " if where else ""
    match error["type"]:
        case "missing":
            return f"{place}is missing"
        case "extra_forbidden":
            return f"{place}there is no such key"
        case "literal_error":
            given = _short(json.dumps(error["input"], ensure_ascii=False, default=str))
            return f"{place}is {given}, and can be {error['ctx']['expected'].replace(chr(39), chr(34))}"
        case "value_error":
            return f"{place}{error['ctx']['error']}"
        case "string_too_short":
            return f"{place}is empty"
    return f"{place}{error['msg'][:1].lower()}{error['msg'][1:]}"


def _short(text: str) -> str:
    return one_line(text, 60)
