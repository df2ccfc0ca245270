"""Precision, recall and F1 against a naive count; the interval of macro-F1 against a simulation."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evals.metrics.confusion import NONE, Confusion, Confusions
from evals.metrics.interval import Z, wilson

LABELS = ("a", "b", "c")
PAIRS = st.lists(
    st.tuples(st.sampled_from([*LABELS, None]), st.sampled_from([*LABELS, None])), min_size=1, max_size=60
)
Pair = tuple[str | None, str | None]


def confusions(pairs: Sequence[Pair]) -> Confusions:
    found = Confusions()
    for number, (expected, proposed) in enumerate(pairs):
        found.add(f"case-{number}", (expected,) if expected else (), proposed)
    return found


def f1(pairs: Sequence[Pair], label: str) -> float:
    hit = pairs.count((label, label))
    expected = sum(right == label for right, _ in pairs)
    proposed = sum(found == label for _, found in pairs)
    precision, recall = hit / max(1, proposed), hit / max(1, expected)
    return 2 * precision * recall / (precision + recall) if hit else 0.0


@given(PAIRS)
def test_precision_recall_and_f1_of_each_queue(pairs: list[Pair]) -> None:
    found = confusions(pairs).queues()
    assert set(found) == {label for pair in pairs for label in pair} - {None}
    for label, quality in found.items():
        of_expected = [proposed == label for right, proposed in pairs if right == label]
        of_proposed = [right == label for right, proposed in pairs if proposed == label]
        for metric, outcomes in ((quality.recall, of_expected), (quality.precision, of_proposed)):
            assert metric.n == len(outcomes)
            if outcomes:
                assert metric.value == pytest.approx(sum(outcomes) / len(outcomes), abs=1e-6)
                low, high = wilson(sum(outcomes), len(outcomes))
                assert (metric.low, metric.high) == pytest.approx((low, high), abs=2e-6)
            else:
                assert metric.value is None
        assert quality.f1.value == pytest.approx(f1(pairs, label), abs=1e-6)


@given(PAIRS)
def test_macro_f1_is_the_mean_over_the_queues_that_were_expected(pairs: list[Pair]) -> None:
    metric = confusions(pairs).macro_f1()
    expected = {right for right, _ in pairs if right}
    if not expected:
        assert metric.value is None
        return
    assert metric.value == pytest.approx(
        sum(f1(pairs, label) for label in expected) / len(expected), abs=1e-6
    )
    assert metric.value is not None
    assert metric.low is not None
    assert metric.high is not None
    assert 0 <= metric.low <= metric.value <= metric.high <= 1


def simulated(counts: NDArray[np.int64], rows: int) -> float:
    """The standard deviation of macro-F1 where such a matrix is drawn again and again."""
    n = int(counts.sum())
    generator = np.random.default_rng(20261118)
    drawn = generator.multinomial(n, counts.ravel() / n, size=20_000).reshape(-1, *counts.shape)
    hit = np.stack([drawn[:, k, k] for k in range(rows)], axis=1)
    both = drawn.sum(axis=2)[:, :rows] + drawn.sum(axis=1)[:, :rows]
    return float((2 * hit / both).mean(axis=1).std())


@pytest.mark.parametrize(
    "matrix",
    [
        [[120, 20, 10], [30, 90, 0], [5, 15, 60]],  # as good as real runs are
        [[200, 100, 0], [80, 40, 0], [30, 30, 40]],  # poor and uneven
        [[40, 2, 1], [1, 300, 4], [0, 3, 150]],  # nearly right
    ],
)
def test_the_interval_of_macro_f1_is_as_wide_as_chance_makes_it(matrix: list[list[int]]) -> None:
    # The last row is what is for no queue: its wrong proposals count against the others.
    counts = np.array(matrix)
    rights: list[str | None] = ["a", "b", None]
    pairs: list[Pair] = [
        (right, rights[column])
        for row, right in enumerate(rights)
        for column in range(3)
        for _ in range(matrix[row][column])
    ]
    metric = confusions(pairs).macro_f1()
    assert metric.low is not None
    assert metric.high is not None
    assert (metric.high - metric.low) / 2 == pytest.approx(Z * simulated(counts, 2), rel=0.08)
    assert metric.n == counts.sum()


def test_macro_f1_where_all_is_right_is_no_surer_than_so_few_cases_can_be() -> None:
    metric = confusions([("a", "a"), ("b", "b")]).macro_f1()
    assert (metric.value, metric.high, metric.n) == (1, 1, 2)
    assert metric.low == pytest.approx(wilson(2, 2).low, abs=1e-6)


@given(PAIRS)
def test_the_matrix_has_every_proposal_in_its_place(pairs: list[Pair]) -> None:
    matrix = confusions(pairs).matrix()
    assert matrix.labels[-1] == NONE
    assert list(matrix.labels[:-1]) == sorted({label for pair in pairs for label in pair if label})
    for row, right in enumerate(matrix.labels):
        for column, found in enumerate(matrix.labels):
            naive = sum((a or NONE, b or NONE) == (right, found) for a, b in pairs)
            assert matrix.counts[row][column] == naive


def test_the_matrix_can_have_the_order_of_the_catalogue() -> None:
    matrix = confusions([("a", "a"), ("b", "c")]).matrix(["c", "x", "a"])
    assert matrix.labels == ("c", "a", "b", NONE)
    assert matrix.counts == ((0, 0, 0, 0), (0, 1, 0, 0), (1, 0, 0, 0), (0, 0, 0, 0))


def test_of_several_right_queues_the_proposed_one_counts() -> None:
    found = Confusions()
    found.add("1", ("a", "b"), "b")
    found.add("2", ("a", "b"), "c")
    assert found.queues()["b"].recall.value == 1
    assert found.top() == (Confusion(expected="a", proposed="c", count=1, cases=("2",)),)


def test_the_top_confusions_are_the_most_frequent_with_five_cases_at_most() -> None:
    found = Confusions()
    for number in range(12):
        found.add(f"case-{number // 2}", ("a",), "b")
    for id_, right, wrong in (("x", "b", "a"), ("y", "c", None), ("z", "c", "c")):
        found.add(id_, (right,), wrong)
    first, *others = found.top()
    assert first == Confusion(
        expected="a", proposed="b", count=12, cases=("case-0", "case-1", "case-2", "case-3", "case-4")
    )
    assert [(c.expected, c.proposed, c.count) for c in others] == [("b", "a", 1), ("c", NONE, 1)]
    assert found.top(1) == (first,)


def test_trials_of_one_case_are_no_more_evidence_for_macro_f1() -> None:
    once, often = Confusions(), Confusions()
    for number, proposed in enumerate("aab"):
        for trial in range(8):
            for found in (once, often)[trial > 0 :]:
                found.add(str(number), ("a",), proposed)
    assert often.queues()["a"].recall.n == once.queues()["a"].recall.n
    assert often.macro_f1().n == once.macro_f1().n
