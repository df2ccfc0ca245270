"""What counts for what: a failed model is out of accuracy, but the person still has to get through."""

from typing import Any

import pytest

from evals.case import Expect
from evals.metrics.group import Group, Scores
from evals.result import Result

from .made import result


def scores(*results: Result, trials: int = 1) -> Scores:
    group = Group(trials)
    for one in results:
        group.add(one)
    return group.scores()


def values(*results: Result) -> dict[str, float | None]:
    return {name: metric.value for name, metric in scores(*results).metrics.items()}


GOOD = result("good")
WRONG = result("wrong", "r")
DEGRADED = result("degraded", degraded=True, queue="r", questions=7)
FAULTY = result("faulty", None, user_faults=1, questions=7)
BROKEN = result("broken", None, error="it broke", questions=7)


def test_only_what_is_scored_is_in_accuracy() -> None:
    found = scores(GOOD, WRONG, DEGRADED, FAULTY, BROKEN)
    for name in ("accuracy", "correct", "pass^1"):
        assert (found.metrics[name].value, found.metrics[name].n) == (0.5, 2)
    assert found.counts == {
        "cases": 5,
        "conversations": 5,
        "scored": 2,
        "degraded": 1,
        "user_faults": 1,
        "errors": 1,
    }


def test_with_the_model_down_people_still_have_to_get_through() -> None:
    metric = scores(GOOD, WRONG, DEGRADED, FAULTY, BROKEN).metrics["got_through"]
    assert (metric.value, metric.n) == (1, 3)
    stuck = result("stuck", None, degraded=True)
    assert values(GOOD, stuck)["got_through"] == 0.5
    assert values(GOOD, stuck)["accuracy"] == 1


def test_who_wants_no_handoff_need_not_get_through() -> None:
    assert values(result(queue=None, right=()))["got_through"] is None


@pytest.mark.parametrize("why", [{"degraded": True}, {"user_faults": 1}, {"error": "it broke"}])
def test_what_is_not_scored_says_nothing_about_asking_or_scope(why: dict[str, Any]) -> None:
    found = values(
        result("1", None, right=(), **why),
        result("2", expected=Expect(outcome="handoff", queue=("q",), clarify="forbidden"), **why),
        result("3", expected=Expect(outcome="handoff", queue=("q",), clarify="required"), **why),
    )
    known = {name for name, value in found.items() if value is not None}
    assert known <= {"degraded", "got_through"}


def test_how_often_the_model_failed() -> None:
    metric = scores(GOOD, WRONG, DEGRADED, FAULTY, BROKEN).metrics["degraded"]
    assert (metric.value, metric.n, metric.better) == (0.25, 4, "lower")


def test_effort_is_that_of_scored_conversations() -> None:
    found = scores(result("a", questions=1), result("b", questions=3), DEGRADED, FAULTY, BROKEN)
    assert found.effort["questions"].total == 4
    assert found.effort["questions"].median.value == 1
    assert found.effort["questions"].p95.n == 2


def test_violations_count_whatever_else_went_wrong() -> None:
    found = scores(
        GOOD,
        result("a", violations=("handoff_twice", "no_reply")),
        result("b", violations=("handoff_twice", "handoff_twice"), degraded=True),
        result("c", violations=("no_reply",), error="it broke"),
    )
    assert found.must_be_zero == {
        "handoff_without_yes": 0,
        "handoff_after_no": 0,
        "handoff_to_unknown_queue": 0,
        "handoff_twice": 3,
        "handoff_elsewhere": 0,
        "no_reply": 2,
    }


def test_out_of_scope() -> None:
    refused = result("1", None, right=())
    handed_off = result("2", "q", right=())
    lost = result("3", None)  # wanted a handoff, and nothing was proposed
    found = values(refused, handed_off, lost, GOOD)
    assert found["out_of_scope_recall"] == 0.5
    assert found["out_of_scope_precision"] == 0.5
    assert found["accuracy"] == 0.5
    assert values(GOOD)["out_of_scope_precision"] is None


def test_who_closes_the_conversation_was_not_refused() -> None:
    left = result("1", None, ended="closed", expected=Expect(outcome="no_handoff", queue=("q",)))
    assert left.routed is None
    found = values(left)
    assert found["out_of_scope_precision"] is None
    assert found["accuracy"] is None
    assert found["correct"] == 1


@pytest.mark.parametrize(
    ("clarify", "asked", "over", "under"),
    [
        ("forbidden", 0, 0, None),
        ("forbidden", 2, 1, None),
        ("required", 0, None, 1),
        ("required", 1, None, 0),
        ("allowed", 1, None, None),
    ],
)
def test_asking(clarify: str, asked: int, over: float | None, under: float | None) -> None:
    expected = Expect.model_validate({"outcome": "handoff", "queue": "q", "clarify": clarify})
    found = scores(result(expected=expected, asked_first=asked)).metrics
    assert (found["over_asking"].value, found["under_asking"].value) == (over, under)
    assert found["over_asking"].better == found["under_asking"].better == "lower"


def test_trials_of_a_case_are_one_case() -> None:
    trials = [result("a", "q" if number else "r", trial=number) for number in range(4)]
    found = scores(*trials, result("b"), trials=4)
    assert (found.metrics["correct"].value, found.metrics["correct"].n) == (0.8, 2)
    assert found.metrics["pass^2"].value == 0.5  # of a's six pairs three go well; b was played once only
    assert found.metrics["pass^2"].n == 1
    assert found.metrics["pass^4"].value == 0
    assert (found.counts["cases"], found.counts["conversations"]) == (2, 5)


def test_an_empty_group_knows_nothing() -> None:
    found = scores()
    assert all(metric.value is None for metric in found.metrics.values())
    assert not any(found.counts.values())
    assert not any(found.must_be_zero.values())
