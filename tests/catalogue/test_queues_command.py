"""`handoff queues`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.cli.queues import queues

from .texts import GOOD, line_of, write


def run(*arguments: str, color: bool = False) -> Result:
    return CliRunner().invoke(queues, arguments, color=color)


def test_check_says_in_one_line_that_the_example_is_fine() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.output == "queues.yaml: 14 queues, 2 calendars, target https://livechat.acme.com - fine\n"


def test_check_tells_every_mistake_on_standard_error(tmp_path: Path) -> None:
    content = GOOD.replace("kind:", "knd:").replace("calendar: office", "calendar: ofice")
    path = write(tmp_path, content)
    result = run("check", str(path))
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"{path}:3",
        f"{path}:{line_of(content, 'calendar: o')}",
    ]


def test_check_warns_and_is_content(tmp_path: Path) -> None:
    content = GOOD.replace("Payslips, salaries and tax forms of people in Europe.", "Wages")
    path = write(tmp_path, content)
    result = run("check", str(path))
    assert result.exit_code == 0
    fine, warning = result.stdout.splitlines()
    assert fine == "queues.yaml: 3 queues, 1 calendar, target https://chat.example.com - fine"
    line = line_of(content, "description: Wages")
    assert warning.startswith(f'{path}:{line}: warning: "Payroll" has a very short description')


def test_check_of_nothing() -> None:
    result = run("check", "nowhere.yaml")
    assert result.exit_code == 2
    assert result.stderr.startswith("nowhere.yaml: there is no such file")


def test_colours_give_way_to_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in run("check", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check", color=True).stdout


def test_search_ranks_the_queues() -> None:
    result = run("search", "my SQL database hangs", "--limit", "2")
    assert result.exit_code == 0
    first, second, hidden = result.stdout.splitlines()
    assert first.startswith("  1. █")
    assert first.endswith("71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee")
    assert "Database Support" in first
    assert second.startswith("  2. ")
    assert hidden.startswith("1 queue not searched")


def test_search_shows_what_an_attribute_opens() -> None:
    hits = [json.loads(line) for line in run("search", "payslip", "--json").stdout.splitlines()]
    assert "EU Payroll Systems" not in [hit["name"] for hit in hits]
    opened = run("search", "payslip", "--json", "--attribute", "region=US", "--attribute", "region=EU")
    first = json.loads(opened.stdout.splitlines()[0])
    assert first["name"] == "EU Payroll Systems"
    assert first["rank"] == 1
    assert 0 < first["score"] <= 1


def test_the_example_can_be_begun_with(tmp_path: Path) -> None:
    file = tmp_path / "queues.yaml"
    file.write_text(run("example").stdout, encoding="utf-8")
    assert run("check", str(file)).exit_code == 0


def test_search_without_a_match() -> None:
    assert run("search", "xyzzy").stdout.startswith("No queue matches")
    assert run("search", "xyzzy", "--json").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["search", "x", "--attribute", "region"], "KEY=VALUE"),
        (["search", "x", "--limit", "0"], "--limit"),
        (["search"], "TEXT"),
        (["search", "x", "--queues", "nowhere.yaml"], "nowhere.yaml: there is no such file"),
    ],
)
def test_wrong_usage(arguments: list[str], text: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert text in result.stderr
