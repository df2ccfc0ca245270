"""How sure a search is: whether enough was said, and whether its best hit is right."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.retrieval.confidence import ENOUGH, FITS, confidence, enough

falling = st.lists(st.floats(0, 1), min_size=1, max_size=6).map(lambda scores: sorted(scores, reverse=True))


def test_without_a_hit_nothing_is_sure() -> None:
    assert confidence([]) == enough([], 8) == 0


def test_confidence_grows_with_the_margin_and_with_the_score() -> None:
    assert confidence([0.5, 0.1]) > confidence([0.5, 0.4])
    assert confidence([0.9, 0.5]) > confidence([0.5, 0.1])
    assert confidence([0.5]) == confidence([0.5, 0.0]) == confidence([0.5, 0.0, 0.0])
    assert 0 < confidence([0.1]) < 0.5 < confidence([1.0]) < 1


def test_what_is_enough_grows_with_the_margin_and_with_what_is_said() -> None:
    assert enough([0.5, 0.1], 8) > enough([0.5, 0.4], 8) > enough([0.5, 0.4], 1)
    assert enough([0.5, 0.1], 8) == enough([0.5, 0.1], 80)
    assert enough([0.1], 0) < ENOUGH < enough([1.0], 8)


@given(falling, st.integers(0, 100))
def test_both_are_probabilities(scores: list[float], words: int) -> None:
    assert 0 < confidence(scores) < 1
    assert 0 < enough(scores, words) < 1


@pytest.mark.parametrize("scores", [[0.3, 0.2], [0.7], [1.0, 1.0]])
def test_more_words_never_say_less(scores: list[float]) -> None:
    told = [enough(scores, words) for words in range(12)]
    assert all(fewer <= more for fewer, more in pairwise(told))


def test_what_is_nobodys_here_fits_nothing() -> None:
    assert 0 < FITS < 1
