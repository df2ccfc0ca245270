"""`handoff eval` as it is used: exit codes, messages, and the commands for looking at runs."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.cli.main import main
from tests.evals.runs import CASES, DATABASE, PRINTERS, case, vague, write
from tests.support.openai_answers import failure
from tests.support.openai_stub import OpenAIStub, brain


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["eval", *map(str, arguments)])


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    return write(tmp_path / "cases.jsonl")


@pytest.fixture
def out(tmp_path: Path, cases: Path) -> Path:
    """A run that is there."""
    result = run("--cases", cases, "--model", "embedded", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    return tmp_path / "out"


def message(result: Result) -> str:
    """The one line on standard error."""
    (line,) = (line for line in result.stderr.splitlines() if line)
    return line


def test_without_arguments_it_plays_the_shipped_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--limit", "20")
    assert result.exit_code == 0, result.output
    assert "No model is set" in result.stderr
    found = re.search(r"Report: (eval-runs/embedded-[0-9a-f]{8}/report\.html)", result.stdout)
    assert found
    assert Path(found[1]).exists()
    again = run("--limit", "20")
    assert "holds this very run already" in again.stderr
    assert again.stdout == result.stdout


def test_what_is_printed_and_what_is_written_is_the_same(out: Path, cases: Path) -> None:
    result = run("--cases", cases, "--model", "embedded", "--out", out, "--json")
    assert result.stdout == (out / "summary.json").read_text()
    table = run("--cases", cases, "--model", "embedded", "--out", out).stdout
    assert re.search(r"Routing accuracy .* 75\.0 % .* 30\.1 – 95\.4 +4 +accuracy\n", table)
    assert "1 × Printers & Scanners → Database Support: wrong" in table
    assert "\x1b" not in table


@pytest.mark.parametrize(
    ("gate", "code", "told"),
    [
        ("accuracy=0.75", 0, ""),
        ("accuracy=0.76", 1, "gate: accuracy is 0.750, under 0.76"),
        ("accuracy@held=1", 0, ""),
        ("accuracy@clear=0.9", 1, "gate: accuracy@clear is 0.667, under 0.9"),
        ("accuracy@nothing=0", 2, 'no case has the tag "nothing"'),
        ("pass^2=0", 2, "takes --trials 2 or more"),
        ("out_of_scope_recall=0", 1, "out_of_scope_recall is unknown"),
    ],
)
def test_gates_decide_the_exit_code(out: Path, cases: Path, gate: str, code: int, told: str) -> None:
    result = run("--cases", cases, "--model", "embedded", "--out", out, "--fail-under", gate)
    assert result.exit_code == code, result.output
    assert told in result.stderr


def test_a_promise_that_is_broken_always_fails_the_run(out: Path, cases: Path) -> None:
    lines = (out / "results.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    assert first["violations"] == []
    first["violations"] = ["handoff_without_yes"]
    (out / "results.jsonl").write_text("\n".join([json.dumps(first), *lines[1:], ""]))
    result = run("--cases", cases, "--model", "embedded", "--out", out)
    assert result.exit_code == 1
    assert "handoff_without_yes: 1 where there must be none" in result.stderr


def test_a_baseline_shows_what_got_better_and_worse(tmp_path: Path, out: Path) -> None:
    catalogue = tmp_path / "queues.yaml"
    example = CliRunner().invoke(main, ["queues", "example"]).stdout
    swapped = example.replace(DATABASE, "…").replace(PRINTERS, DATABASE).replace("…", PRINTERS)
    catalogue.write_text(swapped)
    options = ("--cases", tmp_path / "cases.jsonl", "--model", "embedded", "--queues", catalogue)
    result = run(*options, "--out", tmp_path / "new", "--baseline", out)
    assert result.exit_code == 0, result.output
    assert "  worse   clear [clear]: 1 → 0, Printers & Scanners → Database Support" in result.stdout
    assert "  better  wrong [clear]: 0 → 1, " in result.stdout
    assert "worse (exact McNemar p = " in result.stdout
    assert "Configured differently: catalogue." in result.stdout
    compared = run("compare", out, tmp_path / "new")
    assert compared.exit_code == 0
    assert compared.stdout in result.stdout
    assert "Comparison" in (tmp_path / "new/report.html").read_text()
    other = run("compare", tmp_path / "new", out)
    assert "  better  clear [clear]: 0 → 1, " in other.stdout


def test_show_prints_one_conversation_or_what_went_wrong(out: Path) -> None:
    assert run("show", out).stdout == (
        "wrong [clear] proposed Database Support instead of Printers & Scanners\n"
        "1 did not go as expected; add an id to read one\n"
    )
    shown = run("show", out, "vague").stdout
    assert "person> strange issue with a SQL database" in shown
    assert "✓ Determining appropriate live agent queue" in shown
    assert shown.endswith("as expected\n")
    assert "no conversation 'nobody'" in message(run("show", out, "nobody"))


def test_regrade_scores_again_by_what_the_cases_expect_now(tmp_path: Path, out: Path) -> None:
    corrected = [{**CASES[3], "expect": CASES[0]["expect"]}]
    now = write(tmp_path / "now.jsonl", [*CASES[:3], *corrected])
    before = (out / "summary.json").read_bytes()
    assert run("regrade", out).exit_code == 0
    assert (out / "summary.json").read_bytes() == before
    result = run("regrade", out, "--cases", now)
    assert "100.0 %" in result.stdout
    assert json.loads((out / "summary.json").read_text())["metrics"]["accuracy"]["value"] == 1
    assert "100.0 %" in (out / "report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--cases", "missing.jsonl"],
            "missing.jsonl: the case file cannot be read (No such file or directory)",
        ),
        (["--queues", "q.yaml"], "--queues needs --cases"),
        (["--fail-under", "accuracy=2"], "a value from 0 to 1"),
        (["--fail-under", "acuracy=0.5"], "there is no such metric"),
        (["--fail-under", "over_asking=0.5"], "use --fail-over"),
        (["--fail-over", "accuracy=0.5"], "use --fail-under"),
        (["--baseline", "nowhere"], "nowhere/results.jsonl: No such file"),
        (["--tag", "nothing"], "no case has any of these tags"),
        (["--user", "embedded"], "--user takes the name of an LLM"),
        (["--model", "gpt"], "OPENAI_API_KEY"),
    ],
)
def test_bad_usage_is_one_message_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, HANDOFF_MODEL="embedded")
    assert result.exit_code == 2, result.output
    assert told in message(result)
    assert list(tmp_path.iterdir()) == []  # nothing is run


def test_every_bad_line_is_told_at_once_and_nothing_is_run(tmp_path: Path) -> None:
    lines = [
        json.dumps(CASES[0]),
        "{",
        json.dumps(CASES[0]),
        json.dumps(case("x", "hello", "no-such-queue")),
        "[]",
    ]
    bad = tmp_path / "bad.jsonl"
    bad.write_text("\n".join(lines))
    result = run("--cases", bad, "--out", tmp_path / "out")
    assert result.exit_code == 2
    told = re.findall(r"bad\.jsonl:(\d+): ", result.stderr)
    assert told == ["2", "3", "4", "5"]
    assert not (tmp_path / "out").exists()


def test_a_wrong_key_stops_the_run_soon_and_it_can_go_on(tmp_path: Path) -> None:
    many = write(
        tmp_path / "cases.jsonl", [vague(f"c{n}", "strange issue with a SQL database") for n in range(60)]
    )
    options = ("--cases", many, "--model", "m", "--out", tmp_path / "out", "--no-cache")
    with OpenAIStub(brain, key="right") as stub:
        server = {"OPENAI_BASE_URL": stub.base_url}
        result = run(*options, **server, OPENAI_API_KEY="wrong")
        assert result.exit_code == 3
        assert "10 conversations in a row broke off" in result.stderr
        assert "check OPENAI_API_KEY" in result.stderr
        assert "wrong" not in result.stderr
        assert len(stub.refused) < 30
        result = run(*options, **server, OPENAI_API_KEY="right")
        assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "out/summary.json").read_text())["counts"]["scored"] == 60


def test_a_dead_server_makes_the_run_incomplete(tmp_path: Path, cases: Path) -> None:
    with OpenAIStub(lambda _: failure(500)) as stub:
        result = run(
            "--cases",
            cases,
            "--model",
            "m",
            "--out",
            tmp_path / "out",
            "--no-cache",
            OPENAI_BASE_URL=stub.base_url,
        )
    assert result.exit_code == 3
    assert "the model failed in every conversation" in result.stderr
    assert json.loads((tmp_path / "out/summary.json").read_text())["counts"]["degraded"] == 4


def test_the_progress_is_told_where_there_is_no_terminal(
    tmp_path: Path, cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evals.cli.progress.EVERY", 0.0)
    result = run("--cases", cases, "--model", "embedded", "--out", tmp_path / "out")
    assert "2 of 4 played, accuracy 100.0 %, about" in result.stderr


def test_options_of_a_run_are_no_options_of_its_commands(out: Path) -> None:
    result = run("--trials", "2", "show", out)
    assert result.exit_code == 2
    assert "--trials belongs to a run" in result.stderr


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path) -> None:
    evil = case("\x1b[2J\x1b]0;pwn\x07evil", "my SQL query hangs", PRINTERS)
    run("--cases", write(tmp_path / "cases.jsonl", [evil]), "--model", "embedded", "--out", tmp_path / "out")
    for result in (run("show", tmp_path / "out"), run("lint", "--cases", tmp_path / "cases.jsonl")):
        assert "evil" in result.stdout or "thin" in result.stdout
        assert "\x1b" not in result.output
        assert "\x07" not in result.output


def test_prices_fill_the_cost_table_and_are_checked(tmp_path: Path, cases: Path) -> None:
    options = ("--cases", cases, "--model", "embedded", "--out", tmp_path / "out")
    assert run(*options, "--prices", "-1", "2").exit_code == 2
    assert run(*options, "--prices", "nan", "2").exit_code == 2
    assert not (tmp_path / "out").exists()
    with OpenAIStub(brain) as stub:
        paid = ("--cases", cases, "--model", "m", "--no-cache", "--prices", "250000", "0")
        assert run(*paid, "--out", tmp_path / "paid", OPENAI_BASE_URL=stub.base_url).exit_code == 0
    read = json.loads((tmp_path / "paid/summary.json").read_text())["effort"]["prompt_tokens"]["total"]
    assert read > 0
    assert f"<td>{read / 4:,.4f}</td>" in (tmp_path / "paid/report.html").read_text()


def test_an_added_case_keeps_mode_and_link_of_its_file(tmp_path: Path) -> None:
    saved, real, link = tmp_path / "chat.json", tmp_path / "real.jsonl", tmp_path / "cases.jsonl"
    lines = "my SQL query hangs\n/start\n"
    CliRunner().invoke(main, ["chat", "--model", "embedded", "--save", str(saved)], input=lines)
    real.write_text(json.dumps(CASES[0]))
    real.chmod(0o600)
    link.symlink_to(real)
    assert run("add", saved, "--to", link, "--id", "new").exit_code == 0
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line)["id"] for line in real.read_text().splitlines()] == ["clear", "new"]
    for wrong in (["--queue", "nonsense"], ["--tag", " "], ["--id", " "]):
        result = run("add", saved, *wrong)
        assert (result.exit_code, result.stdout) == (2, ""), result.output
    again = run("add", saved, "--to", link, "--id", "new")
    assert (again.exit_code, "has a case with the id 'new' already" in again.stderr) == (2, True)
    real.write_bytes(b"\xff\n")
    assert run("add", saved, "--to", link).exit_code == 2


def test_cases_of_another_catalogue_are_told_what_is_missing(tmp_path: Path) -> None:
    own = write(tmp_path / "own.jsonl", [case("till", "the till is dead", "pos")])
    for arguments in (("--cases", own), ("lint", "--cases", own)):
        result = run(*arguments, HANDOFF_MODEL="embedded")
        assert result.exit_code == 2
        assert "give --queues FILE for your own" in result.stderr


def test_a_replay_that_no_longer_fits_says_so(tmp_path: Path, cases: Path) -> None:
    tape = tmp_path / "t"
    with OpenAIStub(brain) as stub:
        server = {"OPENAI_BASE_URL": stub.base_url}
        run("--cases", cases, "--model", "m", "--record", tape, "--out", tmp_path / "a", **server)
    write(cases, [{**CASES[0], "opening": "my SQL index hangs"}])
    result = run("--cases", cases, "--replay", tape, "--out", tmp_path / "b")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].startswith(
        "handoff: incomplete: 1 conversations broke off, 0 were not played; "
    )
    assert "so record it again" in result.stderr.splitlines()[-1]


def test_gates_that_are_passed_are_named(out: Path, cases: Path) -> None:
    result = run("--cases", cases, "--model", "embedded", "--out", out, "--fail-under", "accuracy@clear=0.5")
    assert "gates passed: accuracy@clear" in result.stderr


def test_tickets_are_imported_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    tickets = tmp_path / "tickets.csv"
    tickets.write_text("number,text,team\nA1,slow query,Database Support\nA2,,Database Support\n", "utf-8")
    options = (
        "import",
        tickets,
        "--text",
        "text",
        "--queue",
        "team",
        "--id",
        "number",
        "--to",
        tmp_path / "c.jsonl",
    )
    result = run(*options)
    assert result.exit_code == 0, result.output
    assert "A1 added to" in result.stderr
    assert "1 case to review" in result.stderr
    assert "left out: 1 without a text" in result.stderr
    assert "has a case with the id 'A1' already" in run(*options).stderr
