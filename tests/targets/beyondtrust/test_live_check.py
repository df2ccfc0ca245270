"""`handoff queues check --live` against the stand-in: every kind of mismatch, every right, every exit code."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.appliance.dialect import Dialect
from agent.appliance.faults import Endpoint, Kind
from agent.appliance.site import example_site_path, load_site
from agent.cli.main import main
from tests.support import small
from tests.support.appliance import Running, running_appliance

from .setting import TARGET, catalogue, host_of, use

PORTAL = "  kind: portal_link\n  host: {host}\n"
DIALECTS = [
    Dialect(),
    Dialect(spelling="attributes"),
    Dialect(namespace="bomgar", json_commands=False),
    Dialect(namespace="bomgar", json_commands=False, spelling="attributes", error_inside=True),
]


@pytest.fixture
def file(appliance: Running, tmp_path: Path) -> Path:
    return written(tmp_path, host_of(appliance))


def written(folder: Path, host: str, target: str = TARGET) -> Path:
    catalogue(folder, host, target)
    return folder / "queues.yaml"


def changed(file: Path, old: str, new: str) -> int:
    """Change the file's first `old`; the line on which it is."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def check(file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["queues", "check", str(file), "--live", *options])


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
def test_all_is_fine(dialect: Dialect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_appliance(dialect=dialect) as appliance:
        use(appliance, monkeypatch)
        result = check(written(tmp_path, host_of(appliance)))
        assert (result.exit_code, result.stderr) == (0, "")
        assert f"{host_of(appliance)}: the credentials work\n  command API: full access\n" in result.stdout
        assert "6 queues compared with 6 teams and 14 issues: no mismatch" in result.stdout
        assert appliance.keys.all == []
        assert len(appliance.sessions) == 0


@pytest.mark.parametrize("dialect", [DIALECTS[0], DIALECTS[-1]], ids=["newer", "older"])
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "issue: db_support",
            "issue: db_suport",
            'no issue of the appliance has the code name "db_suport": did you mean "db_support"?',
        ),
        ("issue: db_support", "issue: zzz", 'no issue of the appliance has the code name "zzz": compare /login > Configuration > Issues'),
        ("issue: db_support", "issue: 99, team: 12", "there is no issue 99 on the appliance"),
        ("issue: db_support", "issue: db_support, team: 99", "there is no team 99 on the appliance: it has 1 ("),
        (
            "issue: db_support",
            "issue: db_support, team: 3",
            'the issue "db_support" belongs to team 12 (Database Support), not to team 3 (Network)',
        ),
        (
            "issue: db_support",
            "issue: db_support, host: elsewhere.example.com",
            "no public portal of the appliance has the host elsewhere.example.com",
        ),
    ],
)  # fmt: skip
def test_a_mismatch(
    old: str, new: str, said: str, dialect: Dialect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_appliance(dialect=dialect) as appliance:
        use(appliance, monkeypatch)
        file = written(tmp_path, host_of(appliance))
        line = changed(file, old, new)
        result = check(file)
        assert result.exit_code == 1
        assert result.stderr.startswith(f'{file}:{line}: "Database Support": {said}'), result.stderr
        assert result.stderr.count("\n") == 1
        assert "14 issues: 1 mismatch\n" in result.stdout
        assert appliance.keys.all == []


def test_as_json(appliance: Running, file: Path) -> None:
    line = changed(file, "issue: db_support", "team: 99")
    result = check(file, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    (mismatch,) = found.pop("mismatches")
    assert (mismatch["line"], mismatch["text"][:32]) == (line, '"Database Support": there is no ')
    assert len(found.pop("notes")) == 1
    assert found == {
        "host": host_of(appliance),
        "credentials": "work",
        "command": "full access",
        "configuration": "works",
        "reporting": "works",
        "problem": None,
    }


@pytest.fixture
def off_portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A stand-in whose database team is on the second portal only."""
    site = load_site(example_site_path())
    teams = tuple(team.model_copy(update={"portals": (2,)}) if team.id == 12 else team for team in site.teams)
    with running_appliance(site.model_copy(update={"teams": teams})) as appliance:
        use(appliance, monkeypatch)
        yield appliance


@pytest.mark.parametrize("target", [TARGET, PORTAL])
def test_a_team_that_is_not_on_the_portal(off_portal: Running, target: str, tmp_path: Path) -> None:
    file = written(tmp_path, host_of(off_portal), target)
    result = check(file)
    assert result.exit_code == 1
    said = '"Database Support": team 12 (Database Support) is not on the public portal of localhost: add it'
    assert said in result.stderr
    port = host_of(off_portal).partition(":")[2]
    changed(file, "issue: db_support", f"issue: db_support, host: 127.0.0.1:{port}")
    assert check(file).exit_code == 0
    off_portal.faults.add("no-rights", on="configuration")
    changed(file, f", host: 127.0.0.1:{port}", "")
    result = check(file)
    assert result.exit_code == 0  # it is said that it was not compared
    assert "configuration API: no right" in result.stdout
    assert "the teams' public portals were not compared" in result.stdout


@pytest.mark.parametrize(
    ("account", "code", "said"),
    [
        ("full", 0, "full access"),
        ("read-only", 1, "command API: read-only"),
        ("no-commands", 3, "command API: no right"),
        ("no-reporting", 0, "reporting API: no right (for what became of handoffs)"),
        ("no-configuration", 0, "configuration API: no right (for the teams' public portals)"),
    ],
)
def test_the_right_that_is_missing(
    account: str, code: int, said: str, appliance: Running, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(appliance, monkeypatch, account)
    result = check(file)
    assert result.exit_code == code
    assert said in result.stdout
    assert result.stdout.count("no right") == ("no right" in said)
    if account == "read-only":
        line = file.read_text().split("kind: session_key")[0].count("\n") + 1
        assert f"{file}:{line}: the API account may only read, and a session key needs full" in result.stderr
        assert check(written(file.parent, host_of(appliance), PORTAL)).exit_code == 0
    if account == "no-commands":
        assert "give the API account the right to it (/login > Management > API Config" in result.stderr
        assert json.loads(check(file, "--json").stdout)["command"] == "no right"


@pytest.mark.parametrize(
    ("kind", "value", "on", "said"),
    [
        ("error", 401, "token", "localhost:[0-9]+: the credentials are refused\n"),
        ("error", 500, "token", "the credentials could not be tried"),
        ("error", 500, "command", "command API: not known"),
        ("cut", None, "command", "command API: not known"),
        ("rate-limit", 429, "command", "command API: not known"),
        ("no-rights", None, "command", "command API: no right"),
        ("error", 500, "configuration", "configuration API: not known"),
        ("error", 503, "reporting", "reporting API: not known"),
    ],
)
def test_what_could_not_be_asked(
    kind: Kind, value: float | None, on: Endpoint, said: str, appliance: Running, file: Path
) -> None:
    appliance.faults.add(kind, value, on=on)
    result = check(file)
    assert result.exit_code == 3
    assert re.search(said, result.stdout)
    assert "It could not all be asked: localhost:" in result.stderr
    assert "Traceback" not in result.output


def test_a_mismatch_counts_more_than_what_could_not_be_asked(appliance: Running, file: Path) -> None:
    changed(file, "issue: db_support", "issue: gone")
    appliance.faults.add("error", 500, on="configuration")
    result = check(file)
    assert result.exit_code == 1
    assert '"gone"' in result.stderr
    assert "It could not all be asked" in result.stderr


def test_an_appliance_that_is_not_there_or_not_trusted(
    appliance: Running, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HANDOFF_BEYONDTRUST_CA_FILE")
    result = check(file)
    assert result.exit_code == 3
    assert "HANDOFF_BEYONDTRUST_CA_FILE" in result.stderr
    result = check(written(tmp_path, "localhost:1"))
    assert result.exit_code == 3
    assert "localhost:1 cannot be reached" in result.stderr
    assert "the credentials could not be tried" in result.stdout


def test_what_no_api_tells_is_said_once(appliance: Running, tmp_path: Path) -> None:
    target = TARGET.replace("correlation: external_key", "correlation: custom:handoff_id")
    file = written(tmp_path, host_of(appliance), target)
    changed(file, "issue: db_support", "issue: db_support, skills: [sql]")
    result = check(file)
    assert result.exit_code == 0
    fields, skills = [line for line in result.stdout.splitlines() if line.startswith("note: ")]
    assert "custom fields cannot be read by the API: compare handoff_id, summary with" in fields
    assert "skills cannot be read by the API: compare sql with" in skills


@pytest.mark.parametrize(
    ("account", "fault"), [("full", None), ("no-commands", None), ("full", "bad-token"), ("full", "broken")]
)
def test_no_secret_and_nobody_in_the_output(
    account: str, fault: Kind | None, appliance: Running, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(appliance, monkeypatch, account)
    if fault:
        appliance.faults.add(fault)
    output = check(file).output + check(file, "--json").output
    secret = appliance.secret(account)
    tokens = [token for token, _ in appliance.accounts._tokens[account]]
    assert tokens
    for private in [secret, b64encode(f"{account}:{secret}".encode()).decode(), *tokens]:
        assert private not in output
    assert not any(person.display_name in output for person in appliance.site.representatives)


@pytest.mark.parametrize(
    ("target", "options", "said"),
    [
        ("url", (), "--live compares with a BeyondTrust appliance, and this target is a url_template"),
        (TARGET, (), "--live needs HANDOFF_BEYONDTRUST_CLIENT_ID and HANDOFF_BEYONDTRUST_CLIENT_SECRET"),
        (TARGET, ("--cases", "x.jsonl"), "--live and --cases are two things"),
        (TARGET, ("--write",), "say what to do with --cases"),
    ],
)
def test_wrong_usage(target: str, options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    if target == "url":
        small.catalogue(tmp_path)
        file = tmp_path / "queues.yaml"
    else:
        file = written(tmp_path, "support.example.com", target)
    result = check(file, *options)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_mistakes_come_first(appliance: Running, file: Path, asked: list[str]) -> None:
    changed(file, "kind:", "knd:")
    assert check(file).exit_code == 2
    assert asked == []
