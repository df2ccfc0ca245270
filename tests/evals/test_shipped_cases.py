"""The cases that ship: enough of them, half held back, and in order against the example catalogue."""

from collections import Counter
from functools import cache

import pytest

from agent.catalogue.schema import Queue
from agent.catalogue.source import CatalogueSource
from agent.data import example_path
from evals.case import Case
from evals.case_file import check_cases
from evals.growing.lint import lint
from evals.plan import SHIPPED

VIEWS = CatalogueSource(example_path()).current()


@cache
def cases() -> tuple[Case, ...]:
    return tuple(check_cases(SHIPPED, VIEWS))


def test_there_are_enough() -> None:
    assert [path.name for path in SHIPPED] == ["open.jsonl", "held.jsonl"]
    assert len(cases()) >= 150
    assert len({case.id for case in cases()}) == len(cases())


def test_half_are_held_back_and_they_stand_in_their_own_file() -> None:
    held = sum("held" in case.tags for case in cases())
    assert abs(2 * held - len(cases())) <= 2
    for path in SHIPPED:
        tagged = {"held" in case.tags for case in check_cases([path], VIEWS)}
        assert tagged == {path.name == "held.jsonl"}


def test_every_slice_has_ten_and_both_halves_have_some() -> None:
    for half in (True, False):
        tags = Counter(tag for case in cases() if ("held" in case.tags) is half for tag in case.tags)
        assert {tag for tag, count in tags.items() if count < 5} == set()
    tags = Counter(tag for case in cases() for tag in case.tags)
    assert {tag: count for tag, count in tags.items() if count < 10} == {}
    assert "open" not in tags  # that is what the summary calls the rest


def test_every_case_has_a_slice() -> None:
    assert [case.id for case in cases() if not set(case.tags) - {"held"}] == []


@pytest.mark.parametrize("queue", VIEWS.catalogue.queues, ids=lambda queue: queue.name)
def test_every_queue_has_ten(queue: Queue) -> None:
    assert sum(queue.id in case.expect.queue for case in cases()) >= 10


def test_they_have_no_duplicates_copied_words_or_thin_slices() -> None:
    assert list(lint(cases(), VIEWS.catalogue)) == []


def test_everything_that_can_be_expected_occurs() -> None:
    assert {case.expect.outcome for case in cases()} == {"handoff", "no_handoff"}
    assert {case.expect.clarify for case in cases()} == {"required", "forbidden", "allowed"}
    assert sum(case.out_of_scope for case in cases()) >= 10


def test_no_case_names_its_queue() -> None:
    """People know nothing of queues; whoever names one makes it too easy."""
    for case in cases():
        told = "\n".join([case.opening, *case.user.facts.values()])
        named = [id_ for id_ in case.expect.queue if id_ in told or VIEWS.catalogue.by_id[id_].name in told]
        assert named == [], case.id


def test_whoever_has_to_be_asked_has_something_to_answer() -> None:
    asked = [case for case in cases() if case.expect.clarify == "required"]
    assert [case.id for case in asked if not case.user.facts and not case.user.acts] == []
