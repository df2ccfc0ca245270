"""A changed file of examples is taken over as the catalogue itself is."""

import json
import logging
from pathlib import Path

import pytest

from agent.catalogue.source import CatalogueSource
from agent.errors import CatalogueError

from .conftest import Clock
from .texts import GOOD, write

WITH = GOOD + "examples_from: [cases.jsonl]\n"


@pytest.fixture
def source(tmp_path: Path, clock: Clock) -> CatalogueSource:
    change(tmp_path, clock, "first")
    return CatalogueSource(write(tmp_path, WITH), clock=clock)


def change(folder: Path, clock: Clock, *openings: str, name: str = "cases.jsonl") -> None:
    lines = [json.dumps({"opening": text, "expect": {"queue": "desk"}}) for text in openings]
    replacement = folder / "new"
    replacement.write_text("\n".join(lines))
    replacement.replace(folder / name)
    clock.now += 1


def texts(source: CatalogueSource) -> list[str]:
    return [example.text for example in source.current().catalogue.gathered]


def test_a_changed_file_is_taken_over(source: CatalogueSource, tmp_path: Path, clock: Clock) -> None:
    assert texts(source) == ["first"]
    for now in ("second", "third"):
        change(tmp_path, clock, now)
        assert texts(source) == [now]


def test_views_are_kept_while_nothing_changes(source: CatalogueSource, tmp_path: Path, clock: Clock) -> None:
    before = source.current()
    for _ in range(3):
        clock.now += 1
        assert source.current() is before
    change(tmp_path, clock, "first")  # another file with the same in it
    assert source.current() is before


def test_it_looks_at_most_once_a_second(source: CatalogueSource, tmp_path: Path, clock: Clock) -> None:
    clock.now = 5
    source.current()
    change(tmp_path, clock, "second")
    clock.now = 5.9
    assert texts(source) == ["first"]
    clock.now = 6
    assert texts(source) == ["second"]


def test_a_broken_file_keeps_the_old_one_and_warns_once(
    source: CatalogueSource, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cases.jsonl").write_text('{"opening": "rosebud"}\n')
    for _ in range(3):
        clock.now += 1
        assert texts(source) == ["first"]
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "examples_from: cases.jsonl:1: this is no case" in record.getMessage()
    assert "rosebud" not in record.getMessage()
    change(tmp_path, clock, "second")
    assert texts(source) == ["second"]
    assert len(caplog.records) == 1


def test_a_file_that_goes_and_comes_back(
    source: CatalogueSource, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.now += 1
    source.current()
    (tmp_path / "cases.jsonl").unlink()
    for _ in range(3):
        clock.now += 1
        assert texts(source) == ["first"]
    assert len(caplog.records) == 1
    change(tmp_path, clock, "second")
    assert texts(source) == ["second"]


def test_files_come_and_go_with_the_catalogue(source: CatalogueSource, tmp_path: Path, clock: Clock) -> None:
    change(tmp_path, clock, "other", name="other.jsonl")
    write(tmp_path, WITH.replace("cases.jsonl", "cases.jsonl, other.jsonl"))
    assert texts(source) == ["first", "other"]
    change(tmp_path, clock, "changed", name="other.jsonl")
    assert texts(source) == ["first", "changed"]
    write(tmp_path, GOOD)
    clock.now += 1
    assert texts(source) == []


@pytest.mark.parametrize("begun", [False, True], ids=["missing", "broken"])
def test_a_new_file_that_is_put_right_later(
    source: CatalogueSource, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, begun: bool
) -> None:
    """Though the catalogue, which names it, does not change again."""
    if begun:
        (tmp_path / "other.jsonl").write_text("half a li")
    write(tmp_path, WITH.replace("cases.jsonl", "cases.jsonl, other.jsonl"))
    for _ in range(3):
        clock.now += 1
        assert texts(source) == ["first"]
    assert len(caplog.records) == 1
    change(tmp_path, clock, "other", name="other.jsonl")
    assert texts(source) == ["first", "other"]
    assert len(caplog.records) == 1


def test_there_must_be_good_ones_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"cases\.jsonl: the file cannot be read"):
        CatalogueSource(write(tmp_path, WITH))
