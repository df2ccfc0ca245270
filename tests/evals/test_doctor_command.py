"""`handoff queues check --cases`."""

import json
import sys
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner, Result

from agent.catalogue.load import load
from agent.cli.main import main
from evals.doctor.diagnosis import Diagnosis
from tests.support.openai_answers import content, failure, text
from tests.support.openai_stub import OpenAIStub

from .confusable import ACCOUNTS, YAML, case, cases, queues, write

OLD, NEW = "Forgotten passwords, locked accounts and sign-in.", "refused, token."


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["queues", "check", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return queues(tmp_path)


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return write(tmp_path / "cases.jsonl", cases())


def test_it_says_what_is_confused_and_what_would_help(file: Path, known: Path) -> None:
    result = run(file, "--cases", known)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("queues.yaml: 4 queues")
    assert "Routing by all that a person tells: 83.3 % right (72.0 – 90.7, n = 60)" in lines
    assert "Devices gets what belongs to Accounts: 10 cases" in lines
    assert "  a1: the token on the phone screen is refused in Paris" in lines
    assert "  … and 5 cases more" in lines
    assert f"  Accounts: add “{NEW}”" in lines
    assert any(line.startswith("    helps: 10 cases won (a1, ") for line in lines)
    assert "Those that help, together: 83.3 % → 100.0 % right (94.0 – 100.0)" in lines
    assert any("cross-validation" in line for line in lines)
    assert f"+      {NEW}" in lines
    assert lines[-1] == "Nothing was written. To write this, say the same with --write."
    assert file.read_text() == YAML


def test_it_writes_only_what_helps(file: Path, known: Path) -> None:
    result = run(file, "--cases", known, "--write")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == f"Written to {file}."
    assert file.read_text() == YAML.replace(OLD, f"{OLD}\n      {NEW}")
    assert load(file).by_id[ACCOUNTS].description == f"{OLD} {NEW}"
    again = run(file, "--cases", known, "--write")
    assert "Nothing is confused." in again.stdout


def test_few_cases_and_nothing_written(file: Path, tmp_path: Path) -> None:
    few = write(tmp_path / "few.jsonl", cases()[:12])
    result = run(file, "--cases", few, "--write", "--yes")
    assert result.exit_code == 0
    assert "cannot be known from 12 cases: it takes 25 at least" in result.stdout
    assert file.read_text() == YAML


@pytest.mark.parametrize(
    ("answer", "code", "written"),
    [("n", 0, False), ("y", 0, True), ("\x03", 1, False)],
)
def test_at_a_terminal_it_asks_first(file: Path, known: Path, answer: str, code: int, written: bool) -> None:
    command = ["-m", "agent.cli.main", "queues", "check", str(file), "--cases", str(known), "--write"]
    child = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=30, dimensions=(60, 200))
    child.expect(r"Write this to .*\? \[y/N\]")
    assert file.read_text() == YAML
    child.send(answer if answer == "\x03" else f"{answer}\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code
    assert (file.read_text() != YAML) == written


def test_json(file: Path, known: Path) -> None:
    result = run(file, "--cases", known, "--json")
    found = Diagnosis.model_validate_json(result.stdout)
    assert found.descriptions == {ACCOUNTS: f"{OLD} {NEW}"}
    assert "queues.yaml: 4 queues" in result.stderr


def test_an_answer_that_cannot_be_used_is_told(
    file: Path, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    better = "Passwords, locked accounts, sign-in and the token on a phone that is refused."
    answers = [content({"description": better})] * 5 + [text("no idea")]
    monkeypatch.setattr(
        "evals.doctor.diagnosis._AT_ONCE", 1
    )  # so that the last answer is to the last question
    with OpenAIStub(answers) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.base_url)
        result = run(file, "--cases", known, "--model", "m", "--write")
    assert result.exit_code == 0, result.output
    assert "answers of the model that were no description, and were left out: 1" in result.stderr
    assert "No proposal" in result.stdout
    assert file.read_text() == YAML


def test_an_llm_rewrites(file: Path, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    better = "Passwords, sign-in and the token on a phone that is refused."
    with OpenAIStub(lambda _: content({"description": better})) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.base_url)
        monkeypatch.setenv("HANDOFF_MODEL", "m")
        result = run(file, "--cases", known, "--write")
    assert f"  Accounts: rewrite as “{better}”" in result.stdout
    assert file.read_text() == YAML.replace(OLD, better)


def test_an_llm_that_fails(file: Path, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAIStub(lambda _: failure(401)) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.base_url)
        result = run(file, "--cases", known, "--model", "m")
    assert result.exit_code == 1
    assert "check OPENAI_API_KEY" in result.stderr


def test_hostile_cases_reach_no_terminal(file: Path, tmp_path: Path) -> None:
    bad = write(
        tmp_path / "bad.jsonl", [case("\x1b[2Jid", "token on the phone \x1b]0;x\x07 screen", ACCOUNTS)]
    )
    result = run(file, "--cases", bad)
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    assert "token on the phone" in result.stdout


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "cases.jsonl:1: not JSON"),
        (json.dumps({"id": "a", "opening": "x"}), "cases.jsonl:1: `expect`: is missing"),
        (
            json.dumps({"id": "a", "opening": "x", "expect": {"outcome": "handoff", "queue": "nowhere"}}),
            'cases.jsonl:1: case "a": the catalogue has no queue "nowhere"',
        ),
        (
            json.dumps({"id": "a", "opening": "x", "expect": {"outcome": "handoff", "queue": "hidden"}}),
            "cases.jsonl:1: case",
        ),
    ],
)
def test_wrong_cases(file: Path, tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(line + "\n")
    result = run(file, "--cases", path, "--write")
    assert result.exit_code == 2
    assert message in result.stderr
    assert file.read_text() == YAML


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["F", "--write"], "give it, too"),
        (["F", "--model", "m"], "give it, too"),
        (["--cases", "C", "--write"], "--write needs the FILE"),
        (["F", "--cases", "C", "--write", "--json"], "--write needs the FILE"),
        (["F", "--cases", "nowhere.jsonl"], "nowhere.jsonl: the case file cannot be read"),
        (["nowhere.yaml", "--cases", "C"], "there is no such file"),
        (["F", "--cases", "C", "--model", "m"], "OPENAI_API_KEY"),
    ],
)
def test_wrong_usage(file: Path, known: Path, arguments: list[str], message: str) -> None:
    paths = {"F": str(file), "C": str(known)}
    result = run(*(paths.get(argument, argument) for argument in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
