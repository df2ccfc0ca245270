"""Examples that were gathered in files of eval cases, beside the catalogue: what people wrote, and the right queue.

`handoff eval add` and `handoff eval import` write such files. Nobody is shown any of it: only the search learns from it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

HELD = "held"
"""The tag of cases that nothing may be fitted to; they are left out."""
MAX_BYTES = 256 * 2**20
_CHARACTERS = 2_000  # of an example; more only dilutes it
_SHOWN = 20  # mistakes of one file


class Gathered(NamedTuple):
    """An example, and the id of its queue."""

    text: str
    queue: str


class Files(NamedTuple):
    """What stands in files of cases: the examples in their order, the mistakes, and a hash of all bytes."""

    examples: tuple[Gathered, ...]
    mistakes: tuple[str, ...]
    hash: str


def read_examples(folder: Path, names: Iterable[str]) -> Files:
    """The examples in the files `names`, which are relative to `folder`."""
    examples: list[Gathered] = []
    mistakes: list[str] = []
    digest = hashlib.sha256()
    for name in names:
        try:
            with (folder / name).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            mistakes.append(
                f"{name}: the file cannot be read ({error.strerror}): its path begins at the catalogue's folder"
            )
            continue
        if len(content) > MAX_BYTES:
            mistakes.append(f"{name}: the file is larger than {MAX_BYTES // 2**20} MiB")
            continue
        digest.update(content)
        found, bad = _read(name, content)
        examples += found
        mistakes += bad
    return Files(tuple(examples), tuple(mistakes), digest.hexdigest())


def evenly(examples: Iterable[Gathered], most: int) -> list[Gathered]:
    """At most `most` of them, as many of each queue as of another, the last ones of each: those are the newest."""
    by_queue: dict[str, list[Gathered]] = defaultdict(list)
    for example in examples:
        by_queue[example.queue].append(example)
    rounds = zip_longest(*(reversed(own) for own in by_queue.values()))
    return [example for example in chain.from_iterable(rounds) if example is not None][:most]


def _read(name: str, content: bytes) -> tuple[list[Gathered], list[str]]:
    examples: list[Gathered] = []
    mistakes: list[str] = []
    for number, line in enumerate(content.decode("utf-8-sig", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            examples += _example(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            mistakes.append(
                f'{name}:{number}: this is no case: it looks like {{"opening": "…", "expect": {{"queue": "…"}}}}'
            )
    if len(mistakes) > _SHOWN:
        mistakes[_SHOWN:] = [f"{name}: and {len(mistakes) - _SHOWN:,} more lines that are no case"]
    return examples, mistakes


def text_of(opening: str, facts: Iterable[str]) -> str:
    """What is learned of a case: all that its person would tell."""
    return " ".join([opening, *facts])[:_CHARACTERS]


def _example(case: Any) -> Iterator[Gathered]:
    queues = case["expect"].get("queue", [])
    text = text_of(case["opening"], case.get("user", {}).get("facts", {}).values())
    right = [queues] if isinstance(queues, str) else queues
    if not isinstance(right, list) or not all(isinstance(queue, str) for queue in right):
        raise TypeError("a queue is told by its id")
    if right and HELD not in case.get("tags", ()):
        yield Gathered(text, right[0])
