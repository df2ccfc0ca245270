"""What texts mean, and a search that adds it to their words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.retrieval.index import Index
from agent.retrieval.vectors import DIMENSIONS, embed
from agent.retrieval.wordpiece import pieces

VOCABULARY = {
    token: n for n, token in enumerate(["data", "##base", "##s", "base", "un", "##known", "cafe", "a"])
}
QUEUES = [
    [("Printing", 2.0), ("Paper, toner and jobs that do not come out.", 1.0)],
    [("Salaries", 2.0), ("Monthly pay, bonuses and deductions.", 1.0)],
    [("Networks", 2.0), ("Cables, wireless and remote connections.", 1.0)],
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("databases", ["data", "##base", "##s"]),
        ("Data, base!", ["data", "base"]),
        ("Café", ["cafe"]),
        ("unknown data", ["un", "##known", "data"]),
        ("xyz data", ["data"]),  # a word with an unknown piece is left out
        ("", []),
    ],
)
def test_the_longest_known_pieces_are_taken(text: str, found: list[str]) -> None:
    assert pieces(text, VOCABULARY) == [VOCABULARY[token] for token in found]


@given(st.text(max_size=200))
def test_any_text_has_a_direction_or_none(text: str) -> None:
    vector = embed(text)
    assert vector.shape == (DIMENSIONS,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3) or not vector.any()


def test_texts_that_mean_alike_point_the_same_way() -> None:
    for one, alike, other in (
        ("salary", "wages", "printer"),
        ("the page is jammed", "paper stuck in the printer", "my pension"),
        ("I was paid too little", "wrong salary", "slow wireless"),
    ):
        assert embed(one) @ embed(alike) > embed(one) @ embed(other) + 0.1


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("my wages are too low this month", 1),
        ("the sheet is stuck inside", 0),
        ("no signal in the corridor", 2),
    ],
)
def test_a_queue_is_found_without_any_of_its_words(text: str, best: int) -> None:
    assert Index(QUEUES).search(text, 1)[0][0] == best


def test_what_is_no_language_finds_nothing() -> None:
    assert Index(QUEUES).search("\u4e2d\u6587", 3) == []
    assert Index(QUEUES).search("", 3) == []


@given(st.text(max_size=80))
def test_scores_fall_and_stay_within_bounds(text: str) -> None:
    scores = [score for _, score in Index(QUEUES).search(text, 3)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
