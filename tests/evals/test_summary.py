"""The summary: slices, queues, what is missing, and that it is the same text for the same results."""

from evals.case import Expect
from evals.summary import Summary

from .made import result, summary


def test_held_and_open_are_told_apart() -> None:
    found = summary(
        [result("a", tags=("held", "clear")), result("b", "r", tags=("clear",)), result("c", tags=())]
    )
    assert list(found.slices) == ["clear", "held", "open"]
    assert {name: scores.counts["cases"] for name, scores in found.slices.items()} == {
        "clear": 2,
        "held": 1,
        "open": 2,
    }
    assert found.slices["held"].metrics["accuracy"].value == 1
    assert found.slices["clear"].metrics["accuracy"].value == 0.5
    assert found.slices["open"].metrics["accuracy"].value == 0.5


def test_a_tag_that_stands_twice_counts_once() -> None:
    assert summary([result(tags=("held", "held"))]).slices["held"].counts["cases"] == 1


def test_the_scores_of_a_queue() -> None:
    found = summary([result("a"), result("b", "r"), result("c", "r", ("r",)), result("d", None)])
    q, r = found.queues["q"], found.queues["r"]
    assert (q.name, r.name) == ("Queue Q", "Queue R")
    assert (q.precision.value, q.recall.value, q.f1.value) == (1, 0.333333, 0.5)
    assert (r.precision.value, r.recall.value, r.f1.value) == (0.5, 1, 0.666667)
    assert (q.counts["cases"], r.counts["cases"]) == (3, 1)
    assert q.metrics["accuracy"].value == 0.333333


def test_a_queue_that_was_only_proposed_by_mistake_stands_there_without_cases() -> None:
    found = summary([result("a", "r")]).queues["r"]
    assert (found.counts["cases"], found.precision.value, found.recall.value) == (0, 0, None)


def test_of_two_right_queues_the_proposed_one_has_the_case() -> None:
    found = summary([result("a", "r", ("q", "r"))])
    assert list(found.queues) == ["r"]
    assert found.queues["r"].recall.value == 1


def test_what_says_nothing_about_the_model_is_in_no_confusion() -> None:
    bad = [result("a", "r", degraded=True), result("b", "r", user_faults=1), result("c", "r", error="broke")]
    found = summary(bad)
    assert found.confusions == ()
    assert found.queues == {}
    assert found.calibration is None
    assert found.metrics["macro_f1"].value is None


def test_confidence_is_that_of_scored_first_proposals() -> None:
    found = summary(
        [
            result("a", confidence=0.9),
            result("b", "r", confidence=0.9),
            result("c", confidence=0.1, degraded=True),
            result("d", "q", (), confidence=0.1),  # no queue is right
        ]
    ).calibration
    assert found
    assert [(bin_.confidence, bin_.accuracy.value) for bin_ in found.bins] == [(0.9, 0.5)]


def test_the_confusions_of_what_is_for_no_queue() -> None:
    found = summary([result("a", "q", ()), result("b", None, ())])
    (confusion,) = found.confusions
    assert (confusion.expected, confusion.proposed, confusion.cases) == ("(none)", "q", ("a",))
    assert found.matrix.labels == ("q", "(none)")
    assert found.matrix.counts == ((0, 0), (1, 1))


def test_a_cancelled_case_without_a_proposal_is_in_no_confusion() -> None:
    left = result(queue=None, ended="closed", expected=Expect(outcome="no_handoff", queue=("q",)))
    assert summary([left]).matrix.counts == ((0,),)


def test_what_makes_a_run_incomplete() -> None:
    good = result("a")
    assert summary([good]).complete
    assert summary([good, result("b", degraded=True)]).complete
    assert not summary([result("a", degraded=True)]).complete
    assert not summary([good, result("b", error="it broke")]).complete
    short = summary([good], conversations=3)
    assert short.counts["missing"] == 2
    assert not short.complete


def test_nothing_at_all() -> None:
    found = summary([])
    assert found.matrix.labels == ("(none)",)
    assert found.slices == {}
    assert not found.complete


def test_it_reads_back_as_it_was_written() -> None:
    found = summary([result("a", confidence=0.5, tags=("ünï",)), result("b", "r")], trials=1)
    text = found.text()
    assert Summary.model_validate_json(text) == found
    assert text == summary([result("a", confidence=0.5, tags=("ünï",)), result("b", "r")], trials=1).text()
