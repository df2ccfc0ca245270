"""`benchmarks/local_model.py` against a server on loopback."""

import sys
from pathlib import Path

import pytest

from benchmarks import local_model
from tests.support.openai_answers import content
from tests.support.openai_stub import OpenAIStub, brain


def run(monkeypatch: pytest.MonkeyPatch, url: str, *arguments: str) -> int:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("HANDOFF_MODEL", "stub")
    monkeypatch.setattr(sys, "argv", ["local_model", *arguments])
    return local_model.main()


def rows(output: str) -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in output.splitlines()]
    return {name: values for name, *values in cells}


def test_three_ways_on_the_same_cases(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with OpenAIStub(brain) as stub:
        assert run(monkeypatch, stub.base_url, "--every", "30", "--out", str(tmp_path)) == 0
        assert not stub.refused
        bodies = [str(request.body["messages"]) for request in stub.requests]
        assert all("response_format" in request.body for request in stub.requests)
    assert len(set(bodies)) == len(bodies)  # what was asked once is remembered
    table = rows(capsys.readouterr().out)
    assert all(cell.startswith("100.0 %") for cell in table["valid answers"])
    asked = [int(count) for count in table["LLM calls"]]
    assert asked[0] == 0
    assert asked[1] == len(bodies)
    assert asked[2] < asked[1]
    assert len({cell.rpartition("n = ")[2] for cell in table["routing accuracy"]}) == 1


def test_answers_that_no_one_can_use_are_no_valid_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with OpenAIStub(lambda _: content({"summary": "", "queue": "nobody", "question": ""})) as stub:
        assert run(monkeypatch, stub.base_url, "--every", "60", "--out", str(tmp_path)) == 0
    table = rows(capsys.readouterr().out)
    assert table["valid answers"][1].startswith("0.0 %")
    assert table["model failed (conversations)"][1] == "2 of 2"


def test_without_a_model_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HANDOFF_MODEL", raising=False)
    monkeypatch.setattr(sys, "argv", ["local_model", "--out", str(tmp_path)])
    assert local_model.main() == 2
    assert "HANDOFF_MODEL" in capsys.readouterr().err
