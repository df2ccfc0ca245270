"""Files of eval cases beside the catalogue: what the search learns from, and every mistake with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.catalogue import gathered
from agent.catalogue.gathered import Gathered, evenly, read_examples
from agent.catalogue.load import load
from agent.catalogue.view import Views
from agent.records.user import User

from .texts import GOOD, line_of, mistakes, write

WITH = GOOD + "examples_from: [cases.jsonl]\n"
NO_CASE = 'this is no case: it looks like {"opening": "…", "expect": {"queue": "…"}}'


def case(opening: str, queue: Any, **more: Any) -> str:
    expect = {} if queue is None else {"queue": queue}
    return json.dumps({"opening": opening, "expect": {"outcome": "handoff", **expect}, **more})


def cases(folder: Path, *lines: str, name: str = "cases.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_good_file(tmp_path: Path) -> None:
    cases(
        tmp_path,
        case("my query hangs", "0123", user={"facts": {"since": "since monday", "where": "on PROD7"}}),
        "",
        case("no payslip", ["payroll", "desk"], tags=["clear"]),
        case("what is for lunch", None),
        case("a poem, please", []),
    )
    catalogue = load(write(tmp_path, WITH))
    assert catalogue.gathered == (
        Gathered("my query hangs since monday on PROD7", "0123"),
        Gathered("no payslip", "payroll"),
    )
    assert catalogue.examples_from == ("cases.jsonl",)
    assert "PROD7" not in repr(catalogue)


def test_the_search_learns_from_them(tmp_path: Path) -> None:
    eu = User(attributes={"region": "EU"})
    plain = Views(load(write(tmp_path, GOOD))).of(eu)
    assert [hit.queue.id for hit in plain.search("the quux frobs", 1)] != ["payroll"]
    cases(tmp_path, case("the quux frobs", "payroll"))
    taught = Views(load(write(tmp_path, WITH))).of(eu)
    assert taught.search("the quux frobs", 1)[0].queue.id == "payroll"
    assert "quux" not in str(taught.queues)  # it is nobody's to see


def test_shipped_case_files_can_be_read() -> None:
    folder = Path(__file__).parents[2] / "evals" / "cases"
    files = read_examples(folder, ["open.jsonl"])
    assert not files.mistakes
    assert len(files.examples) > 80


def test_held_cases_are_left_out(tmp_path: Path) -> None:
    cases(tmp_path, case("x", "desk", tags=["clear", "held"]), case("y", "desk", tags=["clear"]))
    assert [example.text for example in load(write(tmp_path, WITH)).gathered] == ["y"]
    held = Path(__file__).parents[2] / "evals" / "cases"
    assert read_examples(held, ["held.jsonl"]).examples == ()


def test_queues_that_are_not_there_are_left_out_silently(tmp_path: Path) -> None:
    write(tmp_path, WITH)
    eu = User(attributes={"region": "EU"})
    cases(tmp_path, case("the quux frobs", "payroll"))
    alone = Views(load(tmp_path / "queues.yaml")).of(eu)
    cases(
        tmp_path,
        case("the quux frobs", "payroll"),
        case("the quux frobs", "gone"),
        case("quux", ["", "desk"]),
    )
    both = Views(load(tmp_path / "queues.yaml")).of(eu)
    assert [(hit.queue.id, hit.score) for hit in both.search("quux", 5)] == [
        (hit.queue.id, hit.score) for hit in alone.search("quux", 5)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "{",
        "[]",
        "null",
        "5",
        '"text"',
        "{}",
        '{"opening": "x"}',
        '{"expect": {"queue": "desk"}}',
        '{"opening": 5, "expect": {"queue": "desk"}}',
        '{"opening": null, "expect": {"queue": "desk"}}',
        '{"opening": "x", "expect": null}',
        '{"opening": "x", "expect": []}',
        '{"opening": "x", "expect": {"queue": 5}}',
        '{"opening": "x", "expect": {"queue": null}}',
        '{"opening": "x", "expect": {"queue": [5]}}',
        '{"opening": "x", "expect": {"queue": [["desk"]]}}',
        '{"opening": "x", "expect": {"queue": {"desk": 1}}}',
        '{"opening": "x", "user": null, "expect": {"queue": "desk"}}',
        '{"opening": "x", "user": {"facts": []}, "expect": {"queue": "desk"}}',
        '{"opening": "x", "user": {"facts": {"a": 1}}, "expect": {"queue": "desk"}}',
        '{"opening": "x", "tags": 5, "expect": {"queue": "desk"}}',
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 10_000,
        "\x00",
        "\udc80",
    ],
    ids=lambda line: line[:60].encode("unicode_escape").decode(),
)
def test_a_line_that_is_no_case_is_told_with_file_and_line(tmp_path: Path, line: str) -> None:
    content = "\n".join([case("x", "desk"), "", line, case("y", "desk")])
    (tmp_path / "cases.jsonl").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert mistakes(tmp_path, WITH) == [
        (line_of(WITH, "examples_from"), f"examples_from: cases.jsonl:3: {NO_CASE}")
    ]


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    cases(tmp_path, "x", case("y", "desk"), "z", name="one.jsonl")
    cases(tmp_path, *["x"] * 30, name="two.jsonl")
    names = "[one.jsonl, gone.jsonl, two.jsonl]"
    found = [text for _, text in mistakes(tmp_path, GOOD + f"examples_from: {names}\n")]
    assert found[:2] == [f"examples_from: one.jsonl:{line}: {NO_CASE}" for line in (1, 3)]
    assert found[2].startswith(
        "examples_from: gone.jsonl: the file cannot be read (No such file or directory)"
    )
    assert found[3] == f"examples_from: two.jsonl:1: {NO_CASE}"
    assert found[-1] == "examples_from: two.jsonl: and 10 more lines that are no case"
    assert len(found) == 3 + 20 + 1


@pytest.mark.parametrize(
    ("name", "problem"),
    [("gone.jsonl", "No such file"), (".", "Is a directory"), ("a/b.jsonl", "No such file")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, problem: str) -> None:
    ((line, text),) = mistakes(tmp_path, GOOD + f"examples_from: [{name}]\n")
    assert line == line_of(GOOD + "examples_from", "examples_from")
    assert text.startswith(f"examples_from: {name}: the file cannot be read ({problem}")
    assert text.endswith("its path begins at the catalogue's folder")


def test_a_path_begins_at_the_catalogues_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (catalogue, elsewhere):
        folder.mkdir()
    cases(elsewhere, case("x", "desk"))
    cases(elsewhere, case("y", "desk"), name="absolute.jsonl")
    monkeypatch.chdir(elsewhere)
    names = f'["../elsewhere/cases.jsonl", "{elsewhere / "absolute.jsonl"}"]'
    path = write(catalogue, GOOD + f"examples_from: {names}\n")
    assert [example.text for example in load(path).gathered] == ["x", "y"]
    write(catalogue, WITH)
    with pytest.raises(Exception, match=r"cases\.jsonl: the file cannot be read"):
        load(path)


def test_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = cases(tmp_path, case("x", "desk")).read_bytes()
    monkeypatch.setattr(gathered, "MAX_BYTES", len(content))
    assert len(load(write(tmp_path, WITH)).gathered) == 1
    monkeypatch.setattr(gathered, "MAX_BYTES", len(content) - 1)
    assert mistakes(tmp_path, WITH) == [
        (line_of(WITH, "examples_from"), "examples_from: cases.jsonl: the file is larger than 0 MiB")
    ]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, separator: str) -> None:
    line = json.dumps({"opening": f"one{separator}two", "expect": {"queue": "desk"}}, ensure_ascii=False)
    line = line if separator not in "\x0b\x0c\x1c" else line.replace(separator, json.dumps(separator)[1:-1])
    cases(tmp_path, line)
    assert [example.text for example in load(write(tmp_path, WITH)).gathered] == [f"one{separator}two"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + case("x", "desk").encode(),
        case("x", "desk").encode() + b"\r\n\r\n",
        b"\n \n\t\n" + case("x", "desk").encode(),
    ],
    ids=["mark", "windows", "blank"],
)
def test_how_editors_write_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cases.jsonl").write_bytes(content)
    assert [example.text for example in load(write(tmp_path, WITH)).gathered] == ["x"]


def test_an_empty_file_and_none_teach_nothing(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_bytes(b"")
    assert load(write(tmp_path, WITH)).gathered == ()
    assert load(write(tmp_path, GOOD + "examples_from: []\n")).gathered == ()


def test_an_examples_length_is_bounded(tmp_path: Path) -> None:
    cases(tmp_path, case("long " * 1_000, "desk"))
    assert len(load(write(tmp_path, WITH)).gathered[0].text) == 2_000


def test_the_hash_is_of_the_files_too(tmp_path: Path) -> None:
    path = write(tmp_path, WITH)
    hashes = set()
    for lines in (["x"], ["x", "y"], ["y"], []):
        cases(tmp_path, *(case(text, "desk") for text in lines))
        hashes.add(load(path).hash)
        assert load(path).hash in hashes
    assert len(hashes) == 4
    assert load(write(tmp_path, GOOD)).hash not in hashes


@pytest.mark.parametrize(("key", "value"), [("gathered", "[]"), ("hash", "x")])
def test_what_is_read_cannot_be_written_by_hand(tmp_path: Path, key: str, value: str) -> None:
    content = GOOD + f"{key}: {value}\n"
    ((line, text),) = mistakes(tmp_path, content)
    assert line == line_of(content, f"{key}: {value}")
    assert text.startswith(f'unknown key "{key}" in the catalogue')
    assert "gathered" not in text.partition(":")[2]  # it is not offered as a known one
    assert "hash" not in text.partition(":")[2]


def test_evenly() -> None:
    many = [Gathered(f"a{n}", "a") for n in range(5)] + [Gathered(f"b{n}", "b") for n in range(2)]
    assert evenly(many, 0) == []
    assert evenly([], 5) == []
    assert [example.text for example in evenly(many, 3)] == ["a4", "b1", "a3"]  # the last ones are the newest
    assert [example.text for example in evenly(many, 6)] == ["a4", "b1", "a3", "b0", "a2", "a1"]
    assert sorted(evenly(many, 99)) == sorted(many)
