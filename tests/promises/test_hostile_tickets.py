"""The corpus as imported tickets: text in a file and in a terminal, learned from, and shown to nobody."""

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent import HandoffAgent
from agent.catalogue.load import load
from agent.catalogue.view import Views
from agent.cli.main import main
from agent.language.clean import clean
from agent.models.openai_chat import OpenAIModel
from evals.case_file import check_cases
from tests.support import small
from tests.support.openai_stub import OpenAIStub

from .as_text import check_terminal
from .attacks import ATTACKS, FAMILIES
from .canary import CATALOGUE, INSIDER, OUTSIDER, play
from .gullible import obedient_server

MARK = "Ticketmarke"  # in every ticket, and in nothing else


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, ["eval", *map(str, arguments)])
    assert not result.exception or isinstance(result.exception, SystemExit)  # no traceback
    check_terminal(result.output)
    return result


def tickets(folder: Path, queue: str | None = small.DATABASE) -> Path:
    """Every attack as a ticket, its number and, where no `queue` is given, its queue."""
    path = folder / "tickets.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "text", "team"])
        # Of queues that are not known the first twenty are told.
        texts = ATTACKS if queue else (FAMILIES["terminal"] + FAMILIES["invisible"])[:20]
        rows.writerows([text, f"{MARK} {text}", queue or text] for text in texts)
    return path


def imported(folder: Path, *more: str | Path, queue: str | None = small.DATABASE) -> Result:
    columns = ("--text", "text", "--queue", "team", "--id", "id")
    return run("import", tickets(folder, queue), *columns, "--queues", folder / "queues.yaml", *more)


@pytest.fixture(autouse=True)
def queues(tmp_path: Path) -> Path:
    small.catalogue(tmp_path)
    return tmp_path / "queues.yaml"


def test_they_become_cases_with_the_same_words(tmp_path: Path, queues: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    assert imported(tmp_path, "--to", cases).exit_code == 0
    written = list(check_cases([cases], Views(load(queues))))
    assert [case.opening for case in written] == [clean(f"{MARK} {text}") for text in ATTACKS]
    assert all(len(line) for line in cases.read_bytes().splitlines())
    run("lint", "--cases", cases, "--queues", queues)


def test_they_are_printed_as_text(tmp_path: Path) -> None:
    result = imported(tmp_path)
    assert result.exit_code == 0
    assert len(result.stdout.strip().split("\n")) == len(ATTACKS)


def test_hostile_names_of_queues_are_told_in_clear_lines(tmp_path: Path) -> None:
    result = imported(tmp_path, queue=None)
    assert result.exit_code == 2
    assert 'the catalogue has no queue "' in result.output


@pytest.mark.parametrize("tokens", [8_000, 100], ids=["listed", "searched"])
async def test_what_is_learned_from_them_is_shown_to_nobody(tmp_path: Path, tokens: int) -> None:
    (tmp_path / "queues.yaml").write_text(CATALOGUE, "utf-8")
    cases = [
        {"opening": f"{MARK} {text}", "expect": {"queue": queue}}
        for number, text in enumerate(ATTACKS)
        for queue in [("db", "kanarien-payroll", "laptop")[number % 3]]
    ]
    (tmp_path / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)), "utf-8")
    with OpenAIStub(obedient_server()) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, catalogue_tokens=tokens)
        async with HandoffAgent.from_file(tmp_path / "queues.yaml", model=model) as agent:
            for person in (INSIDER, OUTSIDER):
                assert MARK.lower() not in await play(agent.start(person))
        assert stub.requests
        assert not any(MARK in json.dumps(request.body) for request in stub.requests)


def test_nothing_writes_csv() -> None:
    """A cell of a CSV file may be a formula; whoever begins to write one has to neutralise them first."""
    for path in [*Path("agent").rglob("*.py"), *Path("evals").rglob("*.py")]:
        assert not re.search(r"csv\.writer|DictWriter|to_csv", path.read_text("utf-8")), path
