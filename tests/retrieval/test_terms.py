"""Names and jargon are explained in plain words; the list itself is in order."""

from importlib.resources import files

import pytest

from agent.retrieval.ranker import Ranker
from agent.retrieval.terms import LONGEST, explained, meanings

LINES = [
    line
    for line in (files("agent") / "data" / "terms.txt").read_text("utf-8").splitlines()
    if not line.startswith("# ")
]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Okta does not let me in", "sign-in"),
        ("GLOBALPROTECT drops every hour!", "vpn"),
        ("Der Drucker streikt", "printer"),
        ("the paper jam again", "printer"),
        ("verdächtige Mail", "suspicious"),
    ],
)
def test_a_term_is_explained_however_it_is_written(text: str, meaning: str) -> None:
    assert any(meaning in found for found in meanings(text))


def test_the_longest_of_overlapping_terms_counts() -> None:
    assert meanings("duo push") != [*meanings("duo"), *meanings("push")]
    assert explained("my duo push again") == {"duo", "push"}


def test_ordinary_words_mean_nothing_more() -> None:
    assert meanings("the kettle in the kitchen drips") == []
    assert meanings("") == []


def test_what_nobody_wrote_into_a_description_is_found() -> None:
    ranker = Ranker([[("Sign-in, passwords and accounts", 1.0)], [("Printing and scanning", 1.0)]])
    assert ranker.scores("Okta keeps asking me").argmax() == 0
    assert ranker.scores("the Kyocera on the third floor").argmax() == 1


def test_every_line_of_the_list_is_in_order() -> None:
    assert len(LINES) > 2000
    assert sorted(LINES, key=lambda line: line.partition(":")[0]) == LINES
    for line in LINES:
        term, colon, meaning = line.partition(": ")
        assert colon, line
        assert term == term.lower(), line
        assert 1 <= len(term.split()) <= LONGEST, line
        assert meaning.isascii(), line
        assert 2 <= len(meaning.split()) <= 12, line
