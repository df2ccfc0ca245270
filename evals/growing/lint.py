"""What to look at in a set of cases: duplicates, words copied from the catalogue, thin slices."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import NamedTuple

from agent.catalogue.gathered import HELD
from agent.catalogue.schema import Catalogue, Queue
from agent.language.locale import words_of
from agent.language.understand import content_words
from evals.case import Case

NEAR = 0.85
"""From this share of common words on two cases are near duplicates."""
LEAK = 0.75
"""From this share of a case's words on they are the description's own."""
COPIED = 5
"""So many words in a row are copied."""
LEAST = 5
"""Cases that a slice or a queue needs before its numbers say anything."""
_WORDS = 4  # a case of fewer words is a phrase that many people use


class Finding(NamedTuple):
    """Something to look at, and the case that it is about, if it is one."""

    case: str | None
    text: str


def lint(cases: Iterable[Case], catalogue: Catalogue) -> Iterator[Finding]:
    """Every finding, duplicates first."""
    cases = list(cases)
    yield from _duplicates(cases)
    yield from _leaks(cases, catalogue)
    yield from _thin(cases, catalogue)


def _told(case: Case) -> str:
    return "\n".join([case.opening, *case.user.facts.values()])


def _duplicates(cases: Sequence[Case]) -> Iterator[Finding]:
    words = [frozenset(words_of(_told(case))) for case in cases]
    common = Counter(word for listed in words for word in listed)
    seen: dict[frozenset[str], int] = {}
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, listed in enumerate(words):
        if listed in seen:
            yield Finding(cases[number].id, f'says the same as "{cases[seen[listed]].id}"')
            continue
        seen[listed] = number
        # Two sets this much alike share one of their rarest words: of so many, counted from the rarest.
        rarest = sorted(listed, key=lambda word: (common[word], word))
        rarest = rarest[: len(listed) - ceil(NEAR * len(listed)) + 1]
        near = {other for word in rarest for other in by_word[word] if _alike(listed, words[other])}
        for word in rarest:
            by_word[word].append(number)
        if near:
            yield Finding(cases[number].id, f'says nearly the same as "{cases[min(near)].id}"')


def _alike(one: frozenset[str], two: frozenset[str]) -> bool:
    return bool(one | two) and len(one & two) / len(one | two) >= NEAR


def _leaks(cases: Sequence[Case], catalogue: Catalogue) -> Iterator[Finding]:
    own = {queue.id: _own_words(queue) for queue in catalogue.queues}
    runs = {queue.id: _runs(_own_texts(queue)) for queue in catalogue.queues}
    for case in cases:
        told = _told(case)
        for id_ in case.expect.queue:
            name = catalogue.by_id[id_].name
            copied = next(iter(_runs([told]) & runs[id_]), None)
            used = content_words(told)
            shared = [word for word in used if word in own[id_]]
            if copied:
                yield Finding(case.id, f'copies "{" ".join(copied)}" from {name}')
            elif len(used) >= _WORDS and len(shared) / len(used) >= LEAK:
                yield Finding(
                    case.id, f"nearly all of its words stand in {name}: {', '.join(dict.fromkeys(shared))}"
                )


def _own_texts(queue: Queue) -> list[str]:
    return [queue.name, queue.description, *queue.examples]


def _own_words(queue: Queue) -> set[str]:
    return {word for text in _own_texts(queue) for word in content_words(text)}


def _runs(texts: Iterable[str]) -> set[tuple[str, ...]]:
    found = set()
    for text in texts:
        words = words_of(text)
        found |= {tuple(words[start : start + COPIED]) for start in range(len(words) - COPIED + 1)}
    return {run for run in found if len(set(content_words(" ".join(run)))) > 1}


def _thin(cases: Sequence[Case], catalogue: Catalogue) -> Iterator[Finding]:
    tags = Counter(tag for case in cases for tag in case.tags)
    for tag, count in sorted(tags.items()):
        if count < LEAST:
            yield Finding(
                None, f'the slice "{tag}" is thin: {_cases(count)}, and {LEAST} at least say anything'
            )
    queues = Counter(id_ for case in cases for id_ in case.expect.queue)
    for queue in catalogue.queues:
        if queues[queue.id] < LEAST:
            yield Finding(
                None,
                f'the queue "{queue.name}" is thin: {_cases(queues[queue.id])}, and {LEAST} at least say anything',
            )
    if HELD not in tags:
        yield Finding(None, f'no case is held back: tag some "{HELD}", and never tune to them')


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"
