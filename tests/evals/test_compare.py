"""Two runs side by side: McNemar's test, and every case that went differently."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.comparison import Change, Comparison, compared, mcnemar
from evals.result import Result

from .made import result, summary


def comparison(before: list[Result], after: list[Result]) -> Comparison:
    return compared((summary(before), before), (summary(after), after))


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [
        (10, 2, 0.03857421875),
        (2, 10, 0.03857421875),
        (5, 0, 0.0625),
        (6, 0, 0.03125),
        (9, 1, 0.021484375),
        (1, 0, 1.0),
        (4, 4, 1.0),
        (4, 3, 1.0),
        (0, 20, 2 / 2**20),
    ],
)
def test_known_values_of_the_exact_test(better: int, worse: int, p: float) -> None:
    assert mcnemar(better, worse) == pytest.approx(p, rel=1e-12)


def test_without_a_difference_there_is_no_p() -> None:
    assert mcnemar(0, 0) is None


@given(st.integers(0, 60), st.integers(1, 60))
def test_it_is_the_probability_of_what_is_at_most_as_likely(better: int, worse: int) -> None:
    n = better + worse
    likely = [comb(n, k) for k in range(n + 1)]
    naive = Fraction(sum(c for c in likely if c <= likely[better]), 2**n)
    assert mcnemar(better, worse) == pytest.approx(float(naive), rel=1e-12)


def test_case_by_case() -> None:
    before = [result("same"), result("up", "r"), result("down", tags=("old",)), result("was")]
    after = [result("down", None, tags=("t",)), result("fresh"), result("same"), result("up")]
    found = comparison(before, after)
    up = Change(id="up", tags=(), before=0, after=1, queue_before="r", queue_after="q")
    down = Change(id="down", tags=("t",), before=1, after=0, queue_before="q", queue_after=None)
    assert (found.better, found.worse) == ((up,), (down,))
    assert (found.paired, found.gone, found.new) == (3, 1, 1)
    assert found.p == 1
    assert found.verdict == "1 better, 1 worse (exact McNemar p = 1): which may be chance."


def test_trials_are_a_share_of_a_case() -> None:
    before = [result("a", queue, trial=n) for n, queue in enumerate("qqrr")] + [result("b")]
    after = [result("a", queue, trial=n) for n, queue in enumerate("qqqr")] + [result("b")]
    (change,) = comparison(before, after).better
    assert (change.before, change.after) == (0.5, 0.75)
    assert comparison(before, before).better == ()


def test_trials_that_are_not_scored_are_left_out() -> None:
    before = [result("a", "r", trial=0), result("a", "r", trial=1, degraded=True)]
    after = [result("a", "r", trial=0, user_faults=1), result("a", "q", trial=1)]
    (change,) = comparison(before, after).better
    assert (change.before, change.after) == (0, 1)


def test_what_more_than_chance_makes() -> None:
    before = [result(str(n), "r") for n in range(6)]
    found = comparison(before, [result(str(n)) for n in range(6)])
    assert found.p == 0.03125
    assert found.verdict == "6 better, 0 worse (exact McNemar p = 0.0312): more than chance would make."
    assert found.metrics["accuracy"].before.value == 0
    assert found.metrics["accuracy"].after.value == 1


def test_nothing_differs() -> None:
    found = comparison([result("a")], [result("a")])
    assert found.p is None
    assert found.verdict == "No case went differently."
    assert found.changed == ()


def test_what_is_configured_differently_is_named() -> None:
    one, two = [result("a")], [result("a")]
    found = compared(
        (summary(one, model="m1", tags=[], only_before=1), one), (summary(two, model="m2", tags=[]), two)
    )
    assert found.changed == ("model", "only_before")


def test_only_metrics_of_both_runs_are_compared() -> None:
    one, two = [result("a")], [result("a")]
    found = compared((summary(one, trials=4), one), (summary(two, trials=1), two))
    assert "pass^2" in found.metrics
    assert "pass^4" not in found.metrics


def test_two_empty_runs() -> None:
    found = comparison([], [])
    assert (found.paired, found.gone, found.new, found.p) == (0, 0, 0, None)


def test_a_case_that_could_not_be_scored_is_not_gone() -> None:
    found = comparison([result("a"), result("b")], [result("a"), result("b", degraded=True)])
    assert found.paired == 1
    assert (found.gone, found.new) == (0, 0)
