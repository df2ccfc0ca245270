"""HANDOFF_SENTENCES is honoured by every command that searches."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from agent.cli.main import main
from tests.support.sentence_model import sentence_model

YAML = """
version: 1
target: {kind: url_template, url: "https://chat.example.com/?q={queue_id}"}
default_queue: desk
queues:
  - {id: desk, name: Service Desk, description: Whatever no other team is there for.}
  - {id: paper, name: Printing, description: "Printing, on paper."}
  - {id: pay, name: Payroll, description: "Salaries, every month."}
"""
SAID = {"paper": "the quux and again the quux", "pay": "that frob and again that frob"}


@pytest.fixture(name="queues")
def _queues(tmp_path: Path) -> Path:
    path = tmp_path / "queues.yaml"
    path.write_text(YAML, "utf-8")
    return path


@pytest.fixture(name="cases")
def _cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.jsonl"
    cases = [
        {"id": f"{queue}{n}", "opening": said, "expect": {"outcome": "handoff", "queue": queue}}
        for queue, said in SAID.items()
        for n in range(3)
    ]
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), "utf-8")
    return path


@pytest.fixture(name="model")
def _model(tmp_path: Path) -> Path:
    return sentence_model(tmp_path / "model")


def run(*arguments: str | Path, model: Path | None, said: str = "") -> Result:
    environment = {"HANDOFF_MODEL": "embedded", "HANDOFF_SENTENCES": str(model) if model else None}
    return CliRunner(env=environment).invoke(main, list(map(str, arguments)), input=said)


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("queue", SAID)
def test_search(queues: Path, model: Path, queue: str) -> None:
    search = ("queues", "search", SAID[queue], "--queues", queues, "--json")
    assert lines(run(*search, model=model))[0]["id"] == queue
    assert lines(run(*search, model=None)) == []


@pytest.mark.parametrize("queue", SAID)
def test_chat(queues: Path, model: Path, queue: str) -> None:
    def proposed(model: Path | None) -> list[str]:
        result = run("chat", "--queues", queues, "--json", model=model, said=f"{SAID[queue]}\n/skip\n")
        return [event["queue_id"] for event in lines(result) if event["type"] == "proposal"]

    assert proposed(model)[-1] == queue
    assert proposed(None) == ["desk"]


def test_check_with_cases(queues: Path, cases: Path, model: Path) -> None:
    check = ("queues", "check", queues, "--cases", cases, "--json")
    (with_it,), (without,) = lines(run(*check, model=model)), lines(run(*check, model=None))
    assert (with_it["accuracy"]["value"], without["accuracy"]["value"]) == (1, 0)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_eval(tmp_path: Path, queues: Path, cases: Path, model: Path, workers: str) -> None:
    command = ("eval", "--queues", queues, "--cases", cases, "--workers", workers, "--out")

    def summary(out: str, model: Path | None) -> dict[str, Any]:
        result = run(*command, tmp_path / out, model=model)
        assert result.exit_code == 0, result.output
        read: dict[str, Any] = json.loads((tmp_path / out / "summary.json").read_text("utf-8"))
        return read

    with_it, without = summary("with", model), summary("without", None)
    assert (with_it["metrics"]["accuracy"]["value"], without["metrics"]["accuracy"]["value"]) == (1, 0)
    assert without["configuration"]["sentences"] is None
    assert len(with_it["configuration"]["sentences"]) == 64
    (model / "model.onnx").write_bytes(b"no model")
    assert run(*command, tmp_path / "with", "--fresh", model=model).exit_code == 2
    assert (tmp_path / "with" / "summary.json").exists()  # nothing is thrown away for what cannot begin
    sentence_model(model, pooled=True)
    changed = run(*command, tmp_path / "with", model=model)
    assert changed.exit_code == 2
    assert "holds a run of another configuration: sentences changed." in changed.stderr


@pytest.mark.parametrize(
    "command",
    ["chat", "eval --limit 1", "queues search quux", "queues check queues.yaml --cases cases.jsonl"],
)
@pytest.mark.usefixtures("queues", "cases")
def test_a_model_that_cannot_be_used_is_wrong_input(
    tmp_path: Path, model: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (model / "model.onnx").write_bytes(b"no model")
    broken, gone = (run(*command.split(), model=folder) for folder in (model, tmp_path / "gone"))
    for result, told in (
        (broken, f"{model}: cannot be used as a sentence model: "),
        (gone, "which is no folder: it is the folder of a sentence model"),
    ):
        assert result.exit_code == 2
        assert told in result.stderr
        assert "Traceback" not in result.output
