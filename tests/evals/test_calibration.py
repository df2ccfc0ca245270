"""The calibration error and coverage, against a naive computation in fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.calibration import Calibration, Confidences
from evals.metrics.interval import wilson

PROPOSALS = st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=80)
SHARES = (1.0, 0.9, 0.8, 0.7, 0.5, 0.3)


def calibration(proposals: list[tuple[int, bool]]) -> Calibration:
    found = Confidences()
    for number, (thousandths, right) in enumerate(proposals):
        found.add(str(number), thousandths / 1000, right)
    made = found.calibration()
    assert made
    return made


@given(PROPOSALS)
def test_the_error_is_the_mean_distance_of_confidence_and_accuracy(proposals: list[tuple[int, bool]]) -> None:
    found = calibration(proposals)
    bins: dict[int, list[tuple[int, bool]]] = {}
    for proposal in proposals:
        bins.setdefault(min(9, proposal[0] // 100), []).append(proposal)
    error = Fraction(0)
    for (_, inside), bin_ in zip(sorted(bins.items()), found.bins, strict=True):
        confidence = Fraction(sum(level for level, _ in inside), 1000 * len(inside))
        accuracy = Fraction(sum(right for _, right in inside), len(inside))
        error += abs(confidence - accuracy) * len(inside) / len(proposals)
        assert bin_.confidence == pytest.approx(float(confidence), abs=1e-6)
        assert bin_.accuracy.value == pytest.approx(float(accuracy), abs=1e-6)
        assert bin_.accuracy.n == len(inside)
    assert found.error == pytest.approx(float(error), abs=1e-6)


@given(PROPOSALS)
def test_coverage_takes_the_surest_first_and_equals_together(proposals: list[tuple[int, bool]]) -> None:
    found = calibration(proposals)
    levels = sorted((level for level, _ in proposals), reverse=True)
    assert tuple(coverage.share for coverage in found.coverage) == SHARES
    for coverage in found.coverage:
        wanted = -(-Fraction(str(coverage.share)) * len(levels) // 1)
        least = levels[int(wanted) - 1]
        taken = [right for level, right in proposals if level >= least]
        assert coverage.from_confidence == least / 1000
        assert coverage.accuracy.value == pytest.approx(sum(taken) / len(taken), abs=1e-6)
        assert coverage.accuracy.n == len(taken)
        assert coverage.accuracy.low == pytest.approx(wilson(sum(taken), len(taken)).low, abs=2e-6)


def test_in_numbers() -> None:
    found = calibration([(900, True), (900, True), (900, False), (200, False)])
    # Of the 0.9 two thirds are right, 0.2333 apart, in three of four; of the 0.2 none, 0.2 apart, in one of four.
    assert found.error == pytest.approx(0.225)
    assert [bin_.confidence for bin_ in found.bins] == [0.2, 0.9]


def test_what_is_always_right_about_itself_has_no_error() -> None:
    assert calibration([(1000, True), (0, False)]).error == 0


def test_without_confidences_there_is_no_calibration() -> None:
    found = Confidences()
    found.add("a", None, True)
    found.add("b", 0.5, None)
    assert found.calibration() is None


def test_a_confidence_out_of_bounds_counts_as_the_bound() -> None:
    found = Confidences()
    found.add("a", 1.7, True)
    found.add("b", -0.2, False)
    made = found.calibration()
    assert made
    assert [bin_.confidence for bin_ in made.bins] == [0, 1]
    assert made.error == 0


def test_trials_of_one_case_are_no_more_evidence() -> None:
    once, often = Confidences(), Confidences()
    for number in range(20):
        once.add(str(number), 0.75, number < 15)
        for _ in range(8):
            often.add(str(number), 0.75, number < 15)
    assert often.calibration() == once.calibration()
