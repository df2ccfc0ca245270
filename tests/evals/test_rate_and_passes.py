"""Rates count trials, their intervals count cases; pass^k against every choice of k trials."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.interval import wilson
from evals.metrics.passes import Passes
from evals.metrics.rate import Rate

TRIALS = st.lists(st.sampled_from([True, False, None]), max_size=8)


def rate(*successes: tuple[str, bool | None]) -> Rate:
    found = Rate()
    for id_, success in successes:
        found.add(id_, success)
    return found


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(2, 5))
def test_the_same_trial_again_is_no_more_evidence(cases: list[bool], trials: int) -> None:
    once = rate(*((str(number), success) for number, success in enumerate(cases)))
    often = rate(*((str(n), success) for n, success in enumerate(cases) for _ in range(trials)))
    assert often.metric() == once.metric()
    assert (often.conversations, often.cases) == (len(cases) * trials, len(cases))


def test_trials_that_differ_count_as_a_part_of_a_case() -> None:
    metric = rate(("a", True), ("a", False), ("b", True), ("b", True)).metric()
    low, high = wilson(1.5, 2)
    assert (metric.value, metric.n) == (0.75, 2)
    assert (metric.low, metric.high) == (round(low, 6), round(high, 6))


def test_what_says_nothing_is_not_counted() -> None:
    found = rate(("a", None), ("b", True), ("c", None))
    assert (found.cases, found.conversations, found.successes) == (1, 1, 1)
    assert rate(("a", None)).metric().value is None
    assert Rate("lower").metric().better == "lower"


@given(st.lists(TRIALS, min_size=1, max_size=6))
def test_pass_k_is_the_share_of_all_choices_that_go_well(cases: list[list[bool | None]]) -> None:
    passes = Passes(8)
    for number, trials in enumerate(cases):
        for trial in trials:
            passes.add(str(number), trial)
    metrics = passes.metrics()
    for k in (1, 2, 4, 8):
        known = [[trial for trial in trials if trial is not None] for trials in cases]
        choices = [list(combinations(trials, k)) for trials in known if len(trials) >= k]
        shares = [sum(map(all, chosen)) / len(chosen) for chosen in choices]
        expected = sum(shares) / len(shares) if shares else None
        assert metrics[f"pass^{k}"].value == (None if expected is None else pytest.approx(expected, abs=1e-6))
        assert metrics[f"pass^{k}"].n == len(shares)


@pytest.mark.parametrize(
    ("trials", "names"),
    [
        (1, ["pass^1", "pass^2"]),
        (2, ["pass^1", "pass^2"]),
        (3, ["pass^1", "pass^2", "pass^3"]),
        (99, [f"pass^{k}" for k in range(1, 11)]),
    ],
)
def test_only_what_the_trials_can_tell_is_listed(trials: int, names: list[str]) -> None:
    assert list(Passes(trials).metrics()) == names


def test_too_few_trials_make_it_unknown_and_not_0() -> None:
    passes = Passes(1)
    passes.add("a", True)
    passes.add("b", True)
    metrics = passes.metrics()
    assert metrics["pass^1"].value == 1
    assert metrics["pass^2"].value is None
    assert metrics["pass^2"].n == 0


def test_looking_twice_changes_nothing() -> None:
    passes = Passes(2)
    for success in (True, False):
        passes.add("a", success)
    assert passes.metrics() == passes.metrics()
    assert passes.metrics()["pass^1"].value == 0.5
