"""`handoff queues pull`, against the stand-in appliance over TLS."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from agent.appliance.site import Issue, Site, Team
from agent.catalogue.load import load
from tests.support.appliance import Running, running_appliance
from tests.support.pulling import alone, first, host, pull, run, use

MARK = r"\n  # gone from the appliance since \d{4}-\d\d-\d\d\n"
ALONE = "Nothing was written, because nobody can be asked here. To write this, say --yes."


def change(site: Site, monkeypatch: pytest.MonkeyPatch, *teams: Team) -> None:
    """Let a running appliance have other teams; it looks at its site for every answer."""
    monkeypatch.setitem(site.__dict__, "teams", teams)


def test_from_an_empty_folder_to_a_handoff(
    file: Path, appliance: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = first(appliance, "--kind", "session_key")
    assert result.exit_code == 0, result.output
    assert "note: default_queue is Something else (it_service_desk): it takes what no other" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Written to queues.yaml.")
    checked = run("queues", "check", file)
    assert checked.exit_code == 0
    assert checked.stdout.startswith(f"queues.yaml: 14 queues, 0 calendars, target {appliance.url} - fine\n")
    assert checked.stdout.count("has no description") == 14
    use(appliance, monkeypatch, "full")
    told = "My database support question: the SQL database is slow"
    chat = run("chat", "--queues", file, "--model", "embedded", "--json", lines=f"{told}\n/start\n")
    events: list[dict[str, Any]] = [json.loads(line) for line in chat.stdout.splitlines()]
    (handoff,) = (event for event in events if event["type"] == "handoff")
    assert handoff["queue_id"] == "db_support"
    assert appliance.get(handoff["url"].removeprefix(appliance.url)).status_code == 200
    assert appliance.sessions.last.place.name == "Database Support"


def test_a_portal_link_is_the_default(file: Path, appliance: Running) -> None:
    assert first(appliance).exit_code == 0
    catalogue = load(file)
    assert catalogue.target.kind == "portal_link"
    assert file.stat().st_mode & 0o777 == 0o644
    chat = run(
        "chat", "--queues", file, "--model", "embedded", "--json", lines="the VPN network fails\n/start\n"
    )
    (url,) = (
        event["url"] for event in map(json.loads, chat.stdout.splitlines()) if event["type"] == "handoff"
    )
    assert "codeName=network_vpn" in url
    assert appliance.get(url.removeprefix(appliance.url)).status_code == 200


def test_again_nothing_changes(file: Path, appliance: Running) -> None:
    assert first(appliance).exit_code == 0
    before = file.read_bytes()
    for again in (pull(), pull(file, "--yes"), pull("--host", host(appliance), "--kind", "portal_link")):
        assert (again.exit_code, again.stderr) == (0, "")
        assert again.stdout.splitlines()[-1].startswith("Nothing to change in ")
    assert file.read_bytes() == before


def test_what_people_wrote_stays_and_the_rest_follows(
    file: Path, appliance: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    first(appliance)
    described = file.read_text().replace(
        '    name: Database Support\n    description: ""  # to be written: what people need help with, in their words\n',
        "    description: >-   # mine\n      SQL that hangs,\n      and backups.\n    name:   Database Support\n"
        "    examples: ['my query hangs', no]\n",
    )
    described = described.replace("name: Network & VPN", "name: 'The Net'  # better")
    file.write_text(described)
    desk, *others = appliance.site.teams
    database = Issue(id=14, code_name="db_support", name="Databases: all of them")
    network = Issue(id=8, code_name="network_vpn", name="Networks")
    new = Issue(id=30, code_name="no", name="0123")
    changed = {"Database Support": (database, new), "Network": (network,), "Security": ()}
    others = [team.model_copy(update={"issues": changed.get(team.name, team.issues)}) for team in others]
    change(appliance.site, monkeypatch, desk, *others)
    result = pull("--yes")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[:5] == [
        "note: Security: this team has no issue that a link can lead to, so it gets no queue",
        'renamed: The Net (network_vpn): the appliance calls it "Networks" now; the name in the file stays',
        "gone: Security Incidents (security_incidents): the appliance has it no more",
        'renamed: Database Support (db_support): is "Databases: all of them" now',
        "new: 0123 (no)",
    ]
    text = file.read_text()
    expected = described.replace("name:   Database Support", 'name:   "Databases: all of them"')
    expected = expected.replace('appliance: "Database Support"', 'appliance: "Databases: all of them"')
    expected = expected.replace('appliance: "Network & VPN"', 'appliance: "Networks"')
    expected = re.sub(
        r"\n(?=  - id: security_)", "\n  # gone from the appliance since ....-..-..\n", expected
    )
    expected = re.escape(expected).replace(r"\.\.\.\.\-\.\.\-\.\.", r"\d{4}-\d\d-\d\d")
    added = re.fullmatch(expected + r"(.*)", text, re.DOTALL)
    assert added
    assert added[1].splitlines() == [
        "",
        '  - id: "no"',
        '    name: "0123"',
        '    description: ""  # to be written: what people need help with, in their words',
        '    beyondtrust: {issue: "no", team: 12, team_name: "Database Support"}  # on the appliance: "0123", team 12',
    ]
    assert pull().stdout.splitlines()[-1] == "Nothing to change in queues.yaml."
    monkeypatch.undo()


def test_what_is_gone_and_comes_back(file: Path, appliance: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    first(appliance)
    before = file.read_text()
    with monkeypatch.context() as patch:
        change(appliance.site, patch, *appliance.site.teams[:-1])
        assert pull("--yes").stdout.splitlines()[0].startswith("gone: Database Support (db_support)")
        marked = file.read_text()
        assert re.sub(MARK, "\n", marked) == before != marked
        assert pull("--yes").stdout.startswith("note: Database Support (db_support): is still gone")
        assert file.read_text() == marked
    assert pull("--yes").stdout.splitlines()[0].startswith("back: Database Support (db_support)")
    assert file.read_text() == before


def test_nobody_agreed(file: Path, appliance: Running) -> None:
    result = pull("--host", host(appliance))
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, ALONE)
    assert not file.exists()
    dry = pull("--host", host(appliance), "--dry-run", "--yes")
    assert (dry.exit_code, dry.stdout.splitlines()[-1]) == (0, "Nothing was written: this was a dry run.")
    assert not file.exists()
    lines = dry.stdout.splitlines()
    assert lines[lines.index("--- /dev/null") + 1] == "+++ queues.yaml (proposed)"
    assert "+default_queue: it_service_desk" in lines
    assert "\x1b" not in dry.stdout


def test_colours(appliance: Running, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    arguments = ("queues", "pull", "--host", host(appliance), "--dry-run")
    assert "\x1b[32m+version: 1\x1b[0m" in run(*arguments, color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(*arguments, color=True).stdout


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0), ("\x03", 1)])
def test_at_a_terminal_it_asks_first(file: Path, appliance: Running, answer: str, code: int) -> None:
    command = ["-m", "agent.cli.main", "queues", "pull", "--host", host(appliance)]
    child = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=30, dimensions=(60, 200))
    child.expect(r"Write this to queues.yaml\? \[y/N\]")
    assert not file.exists()
    child.send(answer if answer == "\x03" else f"{answer}\r")
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, file.exists()) == (code, code == 0)


def test_a_file_that_was_changed_meanwhile(file: Path, appliance: Running) -> None:
    command = ["-m", "agent.cli.main", "queues", "pull", "--host", host(appliance)]
    child = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=30, dimensions=(60, 200))
    child.expect(r"Write this to queues.yaml\? \[y/N\]")
    file.write_text("mine")
    child.send("y\r")
    child.expect("was changed meanwhile, so nothing was written: run it again")
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, file.read_text()) == (2, "mine")


def test_which_queue_takes_the_rest(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_appliance(alone("Databases", "Printers")) as appliance:
        use(appliance, monkeypatch)
        unknown = first(appliance)
        assert unknown.exit_code == 2
        assert (
            "which queue takes what no other does? Say it with --default CODE; there are n1, n2"
            in unknown.stderr
        )
        assert "there is no such queue; there are n1, n2" in first(appliance, "--default", "x").stderr
        command = ["-m", "agent.cli.main", "queues", "pull", "--host", host(appliance), "--yes"]
        child = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=30, dimensions=(60, 200))
        child.expect("There are n1, n2")
        child.expect("default_queue: ")
        child.send("n2\r")
        child.expect(pexpect.EOF)
        assert load(file).default_queue == "n2"
        file.unlink()
        assert "another with --default" not in first(appliance, "--default", "n1").stdout
        assert load(file).default_queue == "n1"


HOSTILE = [
    "no",
    "0123",
    "}",
    "| x",
    "> y",
    "a: b",
    "- #",
    "# c",
    "'",
    '"\\',
    "{queue_id}",
    "~",
    "é😀" * 40,
    "\u200f|",
]


def test_hostile_names(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_appliance(alone(*HOSTILE)) as appliance:
        use(appliance, monkeypatch)
        result = first(appliance, "--default", "n1")
        assert result.exit_code == 0, result.output
        assert [queue.name for queue in load(file).queues] == HOSTILE
        assert pull().stdout.splitlines()[-1] == "Nothing to change in queues.yaml."
        site = alone(*(name[::-1] for name in HOSTILE))
        change(appliance.site, monkeypatch, *site.teams)
        assert pull("--yes").exit_code == 0
        assert [queue.name for queue in load(file).queues] == [name[::-1] for name in HOSTILE]
        monkeypatch.undo()
