"""What a catalogue may have, but routes badly."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice

from agent.catalogue.reader import Lines
from agent.catalogue.schema import Catalogue, Queue
from agent.errors import Mistake

FEWEST_WORDS = 4
FEWEST_CHARACTERS = 20
NEARLY_THE_SAME = 0.8
"""The share of the words of two descriptions that both have, from which they hardly tell them apart."""

_MOST_COMPARED = 50


def advice(catalogue: Catalogue, lines: Lines) -> list[Mistake]:
    """Warnings with their lines: descriptions that are empty, very short, or nearly the same as another's."""
    words = [frozenset(re.findall(r"\w+", queue.description.lower())) for queue in catalogue.queues]
    twins = _twins(catalogue.queues, words)
    found = []
    for index, queue in enumerate(catalogue.queues):
        if text := _too_little(queue) or _too_similar(queue, twins.get(index)):
            found.append(Mistake(lines.at(("queues", index, "description")), text))
    return found


def _too_little(queue: Queue) -> str | None:
    start = f'"{queue.name}"'
    if not queue.description:
        return f"{start} has no description: only its name says what belongs there"
    if len(queue.description) < FEWEST_CHARACTERS or len(queue.description.split()) < FEWEST_WORDS:
        return f"{start} has a very short description: name what people need help with, in their words"
    return None


def _too_similar(queue: Queue, other: Queue | None) -> str | None:
    if not other:
        return None
    return f'"{queue.name}" has nearly the same description as "{other.name}": say what tells them apart'


def _twins(queues: Sequence[Queue], words: Sequence[frozenset[str]]) -> Mapping[int, Queue]:
    """For each queue an earlier one whose description is nearly the same.

    Two such sets of words share one of their rarest, so only queues that do are compared. The number of
    comparisons for one queue is bounded, which may overlook a twin in a catalogue of thousands of them.
    """
    frequency = Counter(word for each in words for word in each)
    by_word: dict[str, list[int]] = defaultdict(list)
    twins: dict[int, Queue] = {}
    for index, mine in enumerate(words):
        rarest = sorted(mine, key=lambda word: (frequency[word], word))
        rarest = rarest[: len(mine) - math.ceil(NEARLY_THE_SAME * len(mine)) + 1]
        candidates = (other for word in rarest for other in by_word[word])
        for other in islice(candidates, _MOST_COMPARED):
            alike = len(mine & words[other]) >= NEARLY_THE_SAME * len(mine | words[other])
            if alike and not _kept_apart(queues[index], queues[other]):
                twins[index] = queues[other]
                break
        else:
            for word in rarest:
                by_word[word].append(index)
    return twins


def _kept_apart(one: Queue, other: Queue) -> bool:
    """Whether something else than the description tells the two apart: for whom, or in which language."""
    apart_for = any(
        not set(values) & set(other.only_for.get(key, values)) for key, values in one.only_for.items()
    )
    return apart_for or bool(
        one.languages and other.languages and not set(one.languages) & set(other.languages)
    )
