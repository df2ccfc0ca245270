"""Warnings about what routes badly."""

from pathlib import Path

import pytest

from agent.catalogue.advice import advice
from agent.catalogue.load import load_with_lines
from agent.data import example_path
from agent.errors import Mistake

from .texts import GOOD, line_of, write

DATABASES = "Slow queries, failing connections and backups of SQL databases."
PAYROLL = "Payslips, salaries and tax forms of people in Europe."


def warnings(folder: Path, content: str) -> list[Mistake]:
    return advice(*load_with_lines(write(folder, content)))


def test_the_example_has_none() -> None:
    assert advice(*load_with_lines(example_path())) == []


def test_a_good_catalogue_has_none(tmp_path: Path) -> None:
    assert warnings(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ('""', "no description"),
        ("SQL.", "very short"),
        ("Everything concerning databases", "very short"),  # three words
        ("SQL and the db", "very short"),  # four, but short ones
    ],
)
def test_empty_and_short_descriptions(tmp_path: Path, description: str, text: str) -> None:
    content = GOOD.replace(DATABASES, description)
    (warning,) = warnings(tmp_path, content)
    assert warning.line == line_of(content, f"description: {description}")
    assert warning.text.startswith('"Databases" has')
    assert text in warning.text


def test_a_missing_description_is_found_at_its_queue(tmp_path: Path) -> None:
    content = GOOD.replace(f"    description: {DATABASES}\n", "")
    assert [warning.line for warning in warnings(tmp_path, content)] == [line_of(content, '- id: "0123"')]


def test_nearly_the_same_description(tmp_path: Path) -> None:
    content = GOOD.replace(PAYROLL, "slow queries; failing CONNECTIONS and backups of many SQL databases")
    (warning,) = warnings(tmp_path, content)
    assert warning.line == line_of(content, "description: slow")
    assert warning.text.startswith('"Payroll" has nearly the same description as "Databases"')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{region: [EU, UK]}", "{region: [EU, UK], site: [A]}\n    languages: [de]"),  # another language
        ("      region: [EU]", "      region: [EU]\n      site: [B]"),  # replaced below: other people
    ],
)
def test_the_same_description_for_others_is_fine(tmp_path: Path, old: str, new: str) -> None:
    content = GOOD.replace(PAYROLL, DATABASES).replace(old, new)
    content = content.replace("{region: [EU, UK]}", "{region: [EU, UK], site: [A]}").replace(
        "fallback: payroll", "fallback: desk"
    )
    assert warnings(tmp_path, content) == []


def test_a_thousand_queues_with_one_description_are_told(tmp_path: Path) -> None:
    many = "".join(f"  - {{id: r{n}, name: R{n}, description: {DATABASES!r}}}\n" for n in range(1000))
    assert len(warnings(tmp_path, GOOD + many)) == 1000
