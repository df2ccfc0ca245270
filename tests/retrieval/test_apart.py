"""What tells two descriptions apart can be asked as it is."""

import time
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.catalogue.load import load
from agent.data import example_path
from agent.language.locale import locales
from agent.retrieval.apart import told_apart
from agent.turn.judge import question_in
from agent.turn.limits import Limits

PRINTING = "Paper, toner and jobs that do not come out. Papier, Toner und Aufträge, die nicht herauskommen."
SALARIES = (
    "Monthly pay, bonuses and deductions, paper copies. Monatliches Gehalt und Abzüge, die nicht stimmen."
)
QUEUES = load(example_path()).queues
LONG = "N" * 100  # characters that a name may have
SAME = "Drucker und Papier. ნაბეჭდი ფურცელი, 印刷に関する問題です. Printers and their paper."

pieces = st.sampled_from(
    [
        *PRINTING.split(),
        *SALARIES.split(),
        "印刷",
        "ქსელი",
        "ASP.NET",
        "-",
        "–",
        "(VPN",
        "x)",
        "a:",
        "?",
        "\n- ",
        "\n\n",
    ]
)
descriptions = st.lists(pieces, max_size=25).map(" ".join)


def phrases(told: str) -> list[str]:
    return told.split(", ") if told else []


def test_the_nearest_phrases_are_named() -> None:
    one, other = told_apart(PRINTING, SALARIES, "toner for the printer", "en")
    assert "toner and jobs that do not come out" in one
    assert other
    assert set(phrases(one)) <= {"Paper", "toner and jobs that do not come out"}
    assert set(phrases(other)) <= {"Monthly pay", "bonuses and deductions", "paper copies"}


def test_they_are_in_the_persons_language_where_there_is_a_choice() -> None:
    one, other = told_apart(PRINTING, SALARIES, "Toner", "de")
    assert set(phrases(one)) <= {"Papier", "Toner und Aufträge", "die nicht herauskommen"}
    assert set(phrases(other)) <= {"Monatliches Gehalt und Abzüge", "die nicht stimmen"}
    assert one
    assert other
    english, _ = told_apart("Paper and the toner.", "Monthly pay and the bonus.", "Toner", "de")
    assert english == "Paper and the toner"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("Paper and the toner.", ""),
        (SAME, SAME),
        ("ნაბეჭდი ფურცელი", "ნაბეჭდი ფურცელი"),  # no vector knows it
        ("Toner.", "TONER!"),
        ("a, b, c", "x; y; z"),
        (f"{'long ' * 20}", f"{'much longer ' * 20}"),
    ],
)
def test_it_is_empty_where_there_is_nothing(one: str, other: str) -> None:
    first, second = told_apart(one, other, "paper", "en")
    assert second == ""
    assert first == ("Paper and the toner" if one.startswith("Paper") else "")


def test_a_list_with_bullets_is_taken_apart() -> None:
    one, other = told_apart(
        "Printers\n- toner\n- paper jams", "Laptops:\n* screens\n• batteries", "toner", "en"
    )
    assert "toner" in phrases(one)
    assert set(phrases(one)) <= {"Printers", "toner", "paper jams"}
    assert set(phrases(other)) <= {"Laptops", "screens", "batteries"}


@given(descriptions, descriptions, st.text(max_size=30), st.sampled_from(["en", "de"]))
def test_phrases_are_ones_own_and_pass_the_gate(one: str, other: str, said: str, language: str) -> None:
    first, second = told_apart(one, other, said, language)
    assert all(phrase in one for phrase in phrases(first))
    assert all(phrase in other for phrase in phrases(second))
    lowered = {phrase.casefold() for phrase in phrases(first)}
    assert lowered.isdisjoint(phrase.casefold() for phrase in phrases(second))
    asked = question(LONG, first, LONG, second, language)
    assert question_in(asked, Limits().question_chars) == " ".join(asked.split())


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_shipped_queues_are_told_apart_by_what_passes_the_gate(language: str) -> None:
    for one, other in permutations(QUEUES, 2):
        first, second = told_apart(
            one.description, other.description, "it does not work since monday", language
        )
        assert first
        assert second
        asked = question(one.name, first, other.name, second, language)
        assert question_in(asked, Limits().question_chars) == asked


def question(one: str, first: str, other: str, second: str, language: str) -> str:
    return locales()[language]("ask_between", first=f"{one} ({first})", second=f"{other} ({second})")


def test_the_longest_descriptions_take_no_time() -> None:
    """Every phrase is looked at once, not once for each of the other's: seconds, else, in which nothing else runs."""
    one, other = (
        ", ".join(f"{word} number {number}" for number in range(240)) for word in ("toner", "salary")
    )
    began = time.process_time()
    assert all(told_apart(one[:5000], other[:5000], "toner", "en"))
    assert time.process_time() - began < 2
