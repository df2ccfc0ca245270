"""What a good file becomes, and what is said of files that are no catalogue at all."""

import hashlib
from pathlib import Path

import pytest
import yaml

from agent.catalogue import reader
from agent.catalogue.load import load
from agent.data import example_path
from agent.errors import CatalogueError

from .texts import GOOD, line_of, mistakes, write


def test_scalars_are_read_as_text(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    catalogue = load(path)
    queue = catalogue.queues[1]
    assert queue.id == "0123"
    assert queue.examples == ("my query hangs", "no")
    assert queue.languages == ("en", "no", "pt-BR")
    assert queue.only_for == {"region": ("EU",)}
    assert queue.beyondtrust is not None
    assert queue.beyondtrust.team == 12
    assert catalogue.calendars["office"].closed == ("2026-12-25",)
    assert catalogue.hash == hashlib.sha256(path.read_bytes()).hexdigest()


def test_hours_come_from_the_queue_or_its_calendar(tmp_path: Path) -> None:
    catalogue = load(write(tmp_path, GOOD))
    desk, databases, payroll = catalogue.queues
    assert catalogue.hours_of(desk) is None
    assert catalogue.hours_of(databases) is catalogue.calendars["office"]
    assert catalogue.hours_of(payroll) is payroll.hours


def test_windows_line_ends_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert load(write(tmp_path, content)).queues == load(write(tmp_path, GOOD)).queues


def test_both_yaml_parsers_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    content = example_path().read_bytes()
    fast = reader.parse(content)
    monkeypatch.setattr(reader, "LOADER", yaml.BaseLoader)
    slow = reader.parse(content)
    assert fast.tree == slow.tree
    assert fast.lines.at(("queues", 5, "examples", 1)) == slow.lines.at(("queues", 5, "examples", 1)) > 100


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        ("", 1, "the file is empty"),
        ("# nothing but a comment\n", 1, "the file is empty"),
        ("- a\n- b\n", 1, 'the catalogue must be keys with values ("key: value"), not a list'),
        ("just words", 1, 'the catalogue must be keys with values ("key: value"), not "just words"'),
        (b"version: 1\nname: caf\xe9\n", 2, "no UTF-8"),
        (GOOD.encode("utf-16"), 1, "no UTF-8"),
        ("version: 1\nname: a\x07b\n", 2, r"a control character ('\x07')"),
        ("version: 1\ntarget: a: b\n", 2, "put a text with a colon in it in quotes"),
        ("version: 1\ntarget:\n\turl: x\n", 3, "indent with spaces, not tabs"),
        ("version: 1\nqueues: [a,\n", 3, "no valid YAML"),
        ("version: 1\nqueues: {{queue_id}}\n", 2, "a key must be text"),
        ("version: 1\n---\nversion: 1\n", 2, "a second document"),
        ("a: " + "[" * 30 + "]" * 30, 1, "nested more than 20 levels deep"),
        ("[" * 100_000, 1, "nested more than 20 levels deep"),
    ],
)
def test_no_catalogue_gets_one_clear_mistake(
    tmp_path: Path, content: str | bytes, line: int, text: str
) -> None:
    found = mistakes(tmp_path, content)
    assert [found[0][0]] == [line]
    assert text in found[0][1]
    assert len(found) == 1


def test_aliases_are_refused_and_cannot_grow(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    found = mistakes(tmp_path, bomb)
    assert len(found) == 11 * 9
    assert found[0] == (2, "aliases (*a0) are not read: write the value out, or share a calendar")


def test_merge_keys_are_refused(tmp_path: Path) -> None:
    content = GOOD.replace("after_hours:\n", "after_hours:\n  <<: *other\n")
    assert [line for line, _ in mistakes(tmp_path, content)] == [line_of(content, "  <<")]


@pytest.mark.parametrize(("name", "text"), [("missing.yaml", "there is no such file"), ("", "a directory")])
def test_what_cannot_be_read(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(CatalogueError, match=text):
        load(tmp_path / name)


def test_a_file_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.catalogue.load.MAX_BYTES", 1000)
    assert mistakes(tmp_path, GOOD * 2)[0][1].startswith("the file is larger")


def test_the_example_is_good() -> None:
    catalogue = load(example_path())
    database = catalogue.by_id["71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"]
    assert database.name == "Database Support"
    for queue in (database, catalogue.by_id[catalogue.default_queue]):
        assert catalogue.hours_of(queue) is None
        assert not queue.only_for
    assert [queue.only_for for queue in catalogue.queues if queue.only_for] == [{"region": ("EU",)}]
    assert all(queue.examples for queue in catalogue.queues)
