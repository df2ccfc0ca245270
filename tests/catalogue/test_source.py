"""A changed file is taken over whole or not at all."""

import logging
import os
from pathlib import Path

import pytest

from agent.catalogue.load import load
from agent.catalogue.source import CatalogueSource
from agent.errors import CatalogueError

from .conftest import Clock
from .texts import GOOD, line_of, write

CHANGED = GOOD.replace("name: Payroll", "name: Wages")
BAD = GOOD.replace("name: Payroll", "nam: Payroll")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, GOOD)


@pytest.fixture
def source(path: Path, clock: Clock) -> CatalogueSource:
    return CatalogueSource(path, clock=clock)


def names(source: CatalogueSource) -> list[str]:
    return [queue.name for queue in source.current().catalogue.queues]


def change(path: Path, clock: Clock, content: str, seconds: float = 1.0) -> None:
    # Another file in its place, as editors and deployments do it; its times may well be the same.
    replacement = path.with_suffix(".new")
    replacement.write_text(content)
    replacement.replace(path)
    clock.now += seconds


def test_a_changed_file_is_taken_over(source: CatalogueSource, path: Path, clock: Clock) -> None:
    change(path, clock, CHANGED)
    assert names(source)[-1] == "Wages"


def test_a_file_written_in_place_is_taken_over(source: CatalogueSource, path: Path, clock: Clock) -> None:
    path.write_text(CHANGED)
    os.utime(path, ns=(1, 1))
    clock.now += 1
    assert names(source)[-1] == "Wages"


def test_it_looks_at_most_once_a_second(source: CatalogueSource, path: Path, clock: Clock) -> None:
    change(path, clock, CHANGED, seconds=0.9)
    assert names(source)[-1] == "Payroll"
    clock.now = 1.0
    assert names(source)[-1] == "Wages"


def test_views_are_kept_while_the_content_is_the_same(
    source: CatalogueSource, path: Path, clock: Clock
) -> None:
    before = source.current()
    change(path, clock, GOOD)
    assert source.current() is before


def test_mistakes_keep_the_old_one_and_warn_once_per_change(
    source: CatalogueSource, path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    change(path, clock, BAD)
    for _ in range(3):
        assert names(source)[-1] == "Payroll"
        clock.now += 5
    (record,) = caplog.records
    assert record.name == "agent.catalogue"
    assert record.levelno == logging.WARNING
    assert f'{path}:{line_of(BAD, "nam:")}: unknown key "nam"' in record.getMessage()
    change(path, clock, BAD + "x: y\n")
    assert names(source)[-1] == "Payroll"
    assert len(caplog.records) == 2
    change(path, clock, CHANGED)
    assert names(source)[-1] == "Wages"
    assert len(caplog.records) == 2


def test_a_deleted_file_keeps_the_old_one_until_it_is_back(
    source: CatalogueSource, path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    path.unlink()
    for _ in range(3):
        clock.now += 5
        assert names(source)[-1] == "Payroll"
    (record,) = caplog.records
    assert "no such file" in record.getMessage()
    write(path.parent, CHANGED)
    clock.now += 1
    assert names(source)[-1] == "Wages"


def test_there_must_be_a_good_one_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no such file"):
        CatalogueSource(tmp_path / "queues.yaml")


def test_a_fixed_source_never_changes(path: Path, clock: Clock) -> None:
    source = CatalogueSource.fixed(load(path))
    change(path, clock, CHANGED, seconds=100)
    assert names(source)[-1] == "Payroll"
