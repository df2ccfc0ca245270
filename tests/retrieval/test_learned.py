"""What examples teach a search, and what they leave as it is."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.catalogue.load import load
from agent.catalogue.view import Views
from agent.data import example_path
from agent.records.user import User
from agent.retrieval import learned
from agent.retrieval.index import Index
from agent.retrieval.learned import Example, most

DOCUMENTS = [
    [("Printing", 2.0), ("Paper, toner and jobs that do not come out.", 1.0)],
    [("Salaries", 2.0), ("Monthly pay, bonuses and deductions.", 1.0)],
    [("Networks", 2.0), ("Cables, wireless and remote connections.", 1.0)],
]
# Letters of a script that the vectors do not know, and that no example is written in.
GEORGIAN = [
    [("ბეჭდვა", 2.0), ("ქაღალდი, ტონერი", 1.0)],
    [("ხელფასი", 2.0), ("პრემია", 1.0)],
    [("ქსელი", 2.0)],
]
TAUGHT = [
    Example("the grey box hums at night", 0),
    Example("my bonus never came", 1),
    Example("kettle trips the fuse", 2),
]
words = st.sampled_from(
    [
        "printing",
        "pay",
        "paper",
        "wireless",
        "kettle",
        "fuse",
        "grey",
        "box",
        "bonus",
        "the",
        "and",
        "中文",
        "😀",
        "ტონერი",
    ]
)
said = st.lists(words, max_size=6).map(" ".join) | st.text(max_size=40)
examples = st.lists(st.builds(Example, said, st.integers(0, 2)), max_size=12)


def test_an_example_finds_its_document_whatever_the_words_say() -> None:
    plain, taught = (
        Index(DOCUMENTS),
        Index(DOCUMENTS, [*TAUGHT, Example("the pay slip comes out of toner", 1)]),
    )
    assert plain.search("the pay slip comes out of toner", 1)[0][0] == 0
    assert taught.search("the pay slip comes out of toner", 1)[0][0] == 1
    for example in TAUGHT:
        assert taught.search(example.text, 1)[0][0] == example.owner


def test_every_example_of_the_shipped_catalogue_finds_its_queue() -> None:
    view = Views(load(example_path())).of(User(attributes={"region": "EU"}))
    for queue in view.queues:
        for example in queue.examples:
            assert view.search(example, 1)[0].queue.id == queue.id, example


def test_what_is_alike_is_found_too() -> None:
    alike = "the old kettle has tripped our fuse"
    (best, score), plain = (
        Index(DOCUMENTS, TAUGHT).search(alike, 1)[0],
        dict(Index(DOCUMENTS).search(alike, 3)),
    )
    assert best == 2
    assert score > plain.get(2, 0) + 0.1


@given(
    st.lists(st.sampled_from(["ბეჭდვა", "ქაღალდი", "ტონერი", "ხელფასი", "პრემია", "ქსელი", "უცნობი"])).map(
        " ".join
    )
)
def test_what_is_like_no_example_stays_as_the_search_alone_has_it(query: str) -> None:
    assert Index(GEORGIAN, TAUGHT).search(query, 3) == Index(GEORGIAN).search(query, 3)


@pytest.mark.parametrize("odd", ["", " ", "😀🔥", "ტონერი", "\u2028", "\x00", "!?"])
@pytest.mark.parametrize("query", ["wireless at home", "my bonus", "", "😀"])
def test_examples_that_say_nothing_change_nothing(odd: str, query: str) -> None:
    found = Index(DOCUMENTS, [Example(odd, 0), Example(odd, 1)]).search(query, 3)
    assert found == Index(DOCUMENTS).search(query, 3)


def test_examples_of_stop_words_take_nothing_away() -> None:
    taught = Index(DOCUMENTS, [Example("it is what it is", 0), Example("wie geht es", 1)])
    assert taught.search("wireless connections", 1)[0][0] == 2


def test_a_little_likeness_to_an_example_is_no_hit() -> None:
    index = Index(DOCUMENTS, [Example("ქაღალდი ტონერი სკანერი ბეჭდვა", 0)])
    assert index.search("ტონერი", 1)[0][0] == 0
    assert index.search("ტონუსი", 3) == []  # one piece of one word


def test_two_documents_with_the_same_example_share_it() -> None:
    index = Index(DOCUMENTS, [Example("ტონერი", 0), Example("ტონერი", 2)])
    found = dict(index.search("ტონერი", 3))
    assert found.keys() == {0, 2}
    assert found[0] == pytest.approx(found[2], abs=1e-5)
    assert found[0] < Index(DOCUMENTS, [Example("ტონერი", 0)]).search("ტონერი", 1)[0][1]


@given(examples, said, st.integers(0, 4))
@settings(max_examples=60)
def test_scores_stay_within_bounds_and_fall(taught: list[Example], query: str, limit: int) -> None:
    found = Index(DOCUMENTS, taught).search(query, limit)
    scores = [score for _, score in found]
    assert len(found) <= limit
    assert len({number for number, _ in found}) == len(found)
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_so_many_examples_are_learned_from_that_memory_and_time_are_bounded() -> None:
    assert most(0) == most(1) == most(2_000) == learned.MOST
    assert most(20_000) == 200
    assert most(10**9) == 0


def test_more_examples_are_searched_as_part_of_their_document() -> None:
    many = [Example(f"filler{number} device{number}", number % 3) for number in range(learned.MOST)]
    index = Index(DOCUMENTS, [*many, Example("the kettle trips the fuse", 1)])
    assert index.search("kettle fuse", 1)[0][0] == 1
    assert index.search("device7", 1)[0][0] == 7 % 3
    assert index.search("wireless connections", 1)[0][0] == 2


def test_the_last_example_that_still_fits_is_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "MOST", len(TAUGHT))
    one_more = [*TAUGHT, Example("the lift is stuck", 0)]
    assert Index(DOCUMENTS, TAUGHT)._learned
    assert not Index(DOCUMENTS, one_more)._learned
    for example in one_more:
        assert Index(DOCUMENTS, one_more).search(example.text, 1)[0][0] == example.owner


_OTHER_PROCESS = """
import json, sys
from agent.catalogue.load import load
from agent.catalogue.view import Views
from agent.data import example_path
from agent.records.user import User
view = Views(load(example_path())).of(User())
print(json.dumps([view.index.search(text, 20) for text in json.loads(sys.argv[1])]))
"""


def test_another_process_learns_the_same() -> None:
    view = Views(load(example_path())).of(User())
    queries = ["the kettle in the kitchen drips", "my screen flickers since monday", "Kennwort falsch"]
    here = [view.index.search(query, 20) for query in queries]
    for seed in ("1", "2"):
        there = subprocess.run(  # noqa: S603 — this very interpreter
            [sys.executable, "-c", _OTHER_PROCESS, json.dumps(queries)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        for mine, theirs in zip(here, json.loads(there.stdout), strict=True):
            assert [number for number, _ in mine] == [number for number, _ in theirs]
            assert [score for _, score in mine] == pytest.approx([score for _, score in theirs], abs=1e-6)
