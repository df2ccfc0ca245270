"""Wilson's interval against published values and its own definition; quantiles against a sorted list."""

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.interval import Interval, Metric, proportion, spread, wilson

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
Z = 1.959964


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [  # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(COUNTS)
def test_it_holds_the_proportion_and_lies_between_0_and_1(counts: tuple[int, int]) -> None:
    successes, n = counts
    low, high = wilson(successes, n)
    assert 0 <= low < high <= 1
    assert low - 1e-12 <= successes / n <= high + 1e-12


@given(COUNTS)
def test_its_ends_are_where_the_proportion_is_just_not_surprising(counts: tuple[int, int]) -> None:
    successes, n = counts
    for end in wilson(successes, n):
        assert abs(successes / n - end) == pytest.approx(Z * math.sqrt(end * (1 - end) / n), abs=1e-6)


@given(COUNTS)
def test_more_cases_make_it_narrower_and_failures_mirror_it(counts: tuple[int, int]) -> None:
    successes, n = counts
    low, high = wilson(successes, n)
    narrow = wilson(2 * successes, 2 * n)
    assert narrow.high - narrow.low < high - low
    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low))


def test_nothing_is_known_without_a_case() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)
    assert proportion(None, 5, "lower") == proportion(0.5, 0, "lower") == Metric(value=None, better="lower")


def test_a_proportion_is_written_with_six_digits() -> None:
    assert proportion(2 / 3, 3) == Metric(value=0.666667, low=0.20766, high=0.938508, n=3)
    assert proportion(1.0, 4).high == 1.0
    assert proportion(0.0, 4).low == 0.0


@given(st.lists(st.integers(0, 50), min_size=1, max_size=400))
def test_quantiles_are_those_of_the_sorted_list(values: list[int]) -> None:
    found = spread(Counter(values))
    ordered, n = sorted(values), len(values)
    assert found.total == sum(values)
    for metric, share in ((found.median, Fraction(1, 2)), (found.p95, Fraction(19, 20))):
        assert metric.n == n
        assert metric.better == "lower"
        assert metric.value == ordered[math.ceil(share * n) - 1]
        low, high = (ordered[max(1, math.ceil(end * n)) - 1] for end in wilson(float(share * n), n))
        assert (metric.low, metric.high) == (low, high)


def test_the_interval_of_a_quantile_in_numbers() -> None:
    found = spread(Counter(range(1, 1001)))
    assert (found.p95.low, found.p95.value, found.p95.high) == (935, 950, 962)
    assert (found.median.low, found.median.value, found.median.high) == (470, 500, 531)


def test_a_spread_of_nothing() -> None:
    found = spread({})
    assert found.median == found.p95 == Metric(value=None, better="lower")
    assert found.total == 0
