"""Case files: every bad line is told at once, with its number and what would be right."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from agent.catalogue.view import Views
from agent.errors import CaseFileError, Mistake
from evals.case_file import CaseSet, check_cases
from tests.support import small

from .made import data, write

GOOD = json.dumps(data())


@pytest.fixture
def views(tmp_path: Path) -> Views:
    return Views(small.catalogue(tmp_path))


def mistakes(views: Views, *paths: Path) -> list[Mistake]:
    with pytest.raises(CaseFileError) as caught:
        check_cases(paths, views)
    assert str(caught.value).startswith(str(paths[-1]))
    return list(caught.value.mistakes)


LINES: list[tuple[bytes | str | dict[str, Any], str]] = [
    ("{", "not JSON (Expecting property name enclosed in double quotes): a line is one whole JSON object"),
    (GOOD + GOOD, "not JSON (Extra data): a line is one whole JSON object"),
    ("[" * 100_000, "not JSON (nested too deeply): a line is one whole JSON object"),
    (b'{"id": "caf\xe9"}', "this line is not UTF-8"),
    ("[]", 'not a JSON object: a line looks like {"id": …, "opening": …, "expect": …}'),
    ('"words"', 'not a JSON object: a line looks like {"id": …, "opening": …, "expect": …}'),
    ("null", 'not a JSON object: a line looks like {"id": …, "opening": …, "expect": …}'),
    (data(opening=""), "`opening`: is empty"),
    (data(id=" "), "`id`: is empty"),
    (data(id=7), "`id`: input should be a valid string"),
    (data(extra=1), "`extra`: there is no such key"),
    (data(user={"facts": {"device": 15}}), "`user.facts.device`: input should be a valid string"),
    (
        data(expect={"outcome": "handed off", "queue": "db"}),
        '`expect.outcome`: is "handed off", and can be "handoff" or "no_handoff"',
    ),
    (
        data(user={"acts": [{"on": "question", "do": "/skip"}, {"on": "nowhere", "do": "x"}]}),
        '`user.acts.1.on`: is "nowhere", and can be "question", "proposal", "other_help" or "handoff"',
    ),
    (data(user={"acts": [{"do": "/quit"}]}), "`user.acts.0.do`: /quit does nothing for the agent"),
    (
        data(expect={"outcome": "handoff"}),
        "a handoff is expected, so `expect.queue` has to name the queue, or a list of queues",
    ),
    (
        data(now="2026-11-18T12:00:00"),
        "`now`: must be a time with its zone, as in 2026-11-18T12:00:00Z",
    ),
    (
        data(expect={"outcome": "handoff", "queue": "nope"}),
        'case "a": the catalogue has no queue "nope"',
    ),
    (
        data(expect={"outcome": "handoff", "queue": "db", "final_queue": "dbb"}),
        'case "a": the catalogue has no queue "dbb"',
    ),
    (
        data(expect={"outcome": "handoff", "queue": small.EU}),
        f'case "a": queue "{small.EU}" is only for some people; give `user.attributes` that open it',
    ),
]


@pytest.mark.parametrize(("line", "said"), LINES)
def test_a_bad_line(tmp_path: Path, views: Views, line: bytes | str | dict[str, Any], said: str) -> None:
    path = write(tmp_path / "cases.jsonl", data(id="before"), line, data(id="after"))
    assert mistakes(views, path) == [Mistake(2, said)]


def test_all_bad_lines_are_told_at_once(tmp_path: Path, views: Views) -> None:
    lines = [line for line, _ in LINES]
    distinct = [dict(line, id=f"{n}-id") if isinstance(line, dict) else line for n, line in enumerate(lines)]
    found = mistakes(views, write(tmp_path / "cases.jsonl", *distinct))
    wanted = [n for n, line in enumerate(lines, 1) if line not in (data(id=" "), data(id=7))]
    assert [mistake.line for mistake in found] == wanted


def test_every_mistake_of_a_line(tmp_path: Path, views: Views) -> None:
    path = write(tmp_path / "cases.jsonl", {"opening": "", "expect": {"outcome": "x"}, "q": 1})
    assert {mistake.text.split(":")[0] for mistake in mistakes(views, path)} == {
        "`id`",
        "`opening`",
        "`expect.outcome`",
        "`q`",
    }
    assert "`id`: is missing" in [mistake.text for mistake in mistakes(views, path)]


def test_a_queue_for_some_people_is_fine_for_them(tmp_path: Path, views: Views) -> None:
    expect = {"outcome": "handoff", "queue": small.EU}
    path = write(tmp_path / "cases.jsonl", data(expect=expect, user={"attributes": {"region": "EU"}}))
    assert check_cases([path], views).count == 1


def test_an_id_stands_once_in_all_files(tmp_path: Path, views: Views) -> None:
    one = write(tmp_path / "1.jsonl", data(id="a"), data(id="b"))
    two = write(tmp_path / "2.jsonl", data(id="c"), "", data(id=" a "), data(id="c"))
    assert mistakes(views, one, two) == [
        Mistake(3, f'the id "a" stands in {one}:1 already'),
        Mistake(4, f'the id "c" stands in {two}:1 already'),
    ]


def test_an_id_is_taken_by_a_line_that_is_bad_otherwise(tmp_path: Path, views: Views) -> None:
    path = write(tmp_path / "cases.jsonl", data(opening=""), data())
    assert [mistake.line for mistake in mistakes(views, path)] == [1, 2]


def test_mistakes_hold_no_control_characters(tmp_path: Path, views: Views) -> None:
    evil = "x\x1b[31m\nx" + "y" * 500
    lines = [data(id=evil), data(id=evil, expect={"outcome": evil, "queue": evil})]
    lines.append(data(id="c", expect={"outcome": "handoff", "queue": evil}))
    found = mistakes(views, write(tmp_path / "cases.jsonl", *lines))
    assert len(found) == 3
    assert all(mistake.text.isprintable() and len(mistake.text) < 300 for mistake in found)


def test_a_good_set(tmp_path: Path, views: Views) -> None:
    mark = b"\xef\xbb\xbf"
    one = write(tmp_path / "1.jsonl", mark + GOOD.encode() + b"\r", "", "   ", data(id="b"))
    two = tmp_path / "2.jsonl"
    two.write_bytes(json.dumps(data(id="ü", opening="größer"), ensure_ascii=False).encode())  # no line end
    found = check_cases([one, two], views)
    assert found.count == 3
    assert found.hash == hashlib.sha256(one.read_bytes() + two.read_bytes()).hexdigest()
    assert [case.id for case in found] == ["a", "b", "ü"] == [case.id for case in found]


@pytest.mark.parametrize("content", [b"", b"\n \r\n\n"])
def test_an_empty_file(tmp_path: Path, views: Views, content: bytes) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(content)
    said = "there is no case in this file: it takes one JSON object a line"
    assert mistakes(views, path) == [Mistake(0, said)]


@pytest.mark.parametrize(
    ("name", "why"),
    [("missing.jsonl", "No such file"), ("", "it is no regular file"), ("a\0b", "embedded null")],
)
def test_what_cannot_be_read(tmp_path: Path, views: Views, name: str, why: str) -> None:
    (mistake,) = mistakes(views, tmp_path / name)
    assert mistake.line == 0
    assert mistake.text.startswith(f"the case file cannot be read ({why}")


def changed(tmp_path: Path, views: Views, *lines: dict[str, Any] | str) -> tuple[CaseSet, Path]:
    path = write(tmp_path / "cases.jsonl", data(id="a"), data(id="b"))
    found = check_cases([path], views)
    write(path, *lines)
    return found, path


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([data(id="a"), data(id="b", opening="another")], 0),
        ([data(id="a")], 0),
        ([data(id="a"), data(id="b"), data(id="c")], 0),
        ([data(id="a"), '{"id": "b"}'], 2),
        ([data(id="a"), "{"], 2),
    ],
)
def test_files_that_change_meanwhile(
    tmp_path: Path, views: Views, lines: list[dict[str, Any] | str], line: int
) -> None:
    found, path = changed(tmp_path, views, *lines)
    cases = iter(found)
    assert next(cases).id == "a"
    with pytest.raises(CaseFileError) as caught:
        list(cases)
    assert caught.value.path == str(path)
    assert caught.value.mistakes == (
        Mistake(line, "the cases were changed while they were played: run them again"),
    )


def test_a_file_that_is_gone_meanwhile(tmp_path: Path, views: Views) -> None:
    found, path = changed(tmp_path, views, data())
    path.unlink()
    with pytest.raises(CaseFileError, match="cannot be read"):
        list(found)


def test_the_same_file_twice_has_every_id_twice(tmp_path: Path, views: Views) -> None:
    path = write(tmp_path / "cases.jsonl", data())
    assert len(mistakes(views, path, path)) == 1


def test_a_very_long_number(tmp_path: Path, views: Views) -> None:
    (mistake,) = mistakes(views, write(tmp_path / "cases.jsonl", '{"id": ' + "1" * 5000 + "}"))
    assert "nested" not in mistake.text


def test_a_line_of_utf_16(tmp_path: Path, views: Views) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(GOOD.encode("utf-16"))
    assert mistakes(views, path) == [Mistake(1, "this line is not UTF-8")]


def test_an_attribute_of_the_wrong_kind_is_one_mistake(tmp_path: Path, views: Views) -> None:
    path = write(tmp_path / "cases.jsonl", data(user={"attributes": {"region": 5}}))
    assert len(mistakes(views, path)) == 1
