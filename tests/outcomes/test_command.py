"""`handoff outcomes`: how it is called, what is refused, and with which exit code."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.cli.periods import moment
from agent.errors import InputError
from agent.outcomes.events import Event
from tests.support.without import run_without

from .setting import catalogue_file, run

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
URL = '  kind: url_template\n  url: "https://chat.example.com/?q={{queue_id}}"\n'


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_text(
        Event(event="support_conference_begin", at=1_795_600_000, session="s").model_dump_json(), "utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12h", datetime(2026, 11, 25, 0, 0, tzinfo=UTC)),
        ("7d", datetime(2026, 11, 18, 12, 0, tzinfo=UTC)),
        (" 2w ", datetime(2026, 11, 11, 12, 0, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, 0, 0, tzinfo=UTC)),
        ("2026-11-01T08:00:00+02:00", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
        ("2026-11-01T08:00Z", datetime(2026, 11, 1, 8, 0, tzinfo=UTC)),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    assert moment(text, "--since", NOW) == expected


@pytest.mark.parametrize(
    "text", ["", "7", "d", "7y", "-7d", "yesterday", "2026-13-01", "2026-11-01T08:00", "1026-11-01", "99999d"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(InputError, match=r"--since .*: write how long ago \(12h, 7d, 2w\)"):
        moment(text, "--since", NOW)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--since", "soon"], "--since soon: write how long ago"),
        (["--since", "1d", "--until", "2d"], "--since has to be before --until"),
        (["--report"], "--report goes with --events"),
        (["--events", "/nowhere"], "--events /nowhere: No such file or directory; give a file that"),
        (["--store", "/nowhere.db"], "the store /nowhere.db: there is no such file"),
        (["--store", "mysql://root:s3cret@db/x"], "the store 'mysql' is none that is known"),
        (["--queues", "/nowhere.yaml"], "/nowhere.yaml: there is no such file"),
        (["--peer-minutes", "-1"], "--peer-minutes"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], says: str) -> None:
    queues = [] if "--queues" in arguments else ["--queues", catalogue_file(tmp_path)]
    result = run("outcomes", *queues, *arguments)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_a_target_without_an_appliance_has_no_report(tmp_path: Path, events: Path) -> None:
    queues = catalogue_file(tmp_path, target=URL)
    result = run("outcomes --queues", queues)
    assert result.exit_code == 2
    assert "names no appliance whose report could be read: give --events FILE" in result.stderr
    assert run("outcomes --queues", queues, "--events", events).exit_code == 0


def test_without_credentials_it_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "SECRETS_DIR"):
        monkeypatch.delenv(f"HANDOFF_BEYONDTRUST_{name}", raising=False)
    result = run("outcomes --queues", catalogue_file(tmp_path))
    assert result.exit_code == 2
    assert "HANDOFF_BEYONDTRUST_CLIENT_ID and HANDOFF_BEYONDTRUST_CLIENT_SECRET" in result.stderr


def test_an_appliance_that_is_away_is_incomplete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CLIENT_ID", "x")
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CLIENT_SECRET", "geheim")
    result = run("outcomes --queues", catalogue_file(tmp_path, "127.0.0.1:9"))
    assert result.exit_code == 3
    assert "127.0.0.1:9 cannot be reached" in result.stderr
    assert "geheim" not in result.output


def test_a_store_that_is_none_is_incomplete(tmp_path: Path, events: Path) -> None:
    event = Event(event="support_conference_begin", at=1_795_600_000, session="s", reference="1" * 32)
    events.write_text(event.model_dump_json(), "utf-8")
    store = tmp_path / "chats.db"
    store.write_text("no database, but long enough to be read as one " * 30, "utf-8")
    result = run(
        "outcomes --since 2026-11-25 --until 2026-11-26 --queues",
        catalogue_file(tmp_path),
        *("--events", events, "--store", store),
    )
    assert result.exit_code == 3
    assert "the conversations could not be looked up" in result.stderr


def test_no_file_is_overwritten_by_another(tmp_path: Path, events: Path) -> None:
    queues = catalogue_file(tmp_path)
    before = events.read_bytes(), queues.read_bytes()
    for option in ("--out", "--review"):
        for path in (events, queues):
            result = run("outcomes --queues", queues, "--events", events, option, path)
            assert result.exit_code == 2
            assert "this file is for something else here" in result.stderr
    assert (events.read_bytes(), queues.read_bytes()) == before
    assert run("outcomes --out x --review x --queues", queues, "--events", events).exit_code == 2


def test_sessions_of_others_are_no_handoffs(tmp_path: Path, events: Path) -> None:
    result = run(
        "outcomes --since 2026-11-25 --until 2026-11-26 --queues",
        catalogue_file(tmp_path),
        "--events",
        events,
    )
    assert result.exit_code == 0
    assert "No handoff from 2026-11-25 00:00 to 2026-11-26 00:00 UTC." in result.stdout
    assert "1 sessions carry no reference of a proposal" in result.stderr


@pytest.mark.parametrize("package", ["defusedxml", "pydantic_settings", "httpx2"])
def test_a_missing_extra(tmp_path: Path, package: str) -> None:
    credentials = {"HANDOFF_BEYONDTRUST_CLIENT_ID": "x", "HANDOFF_BEYONDTRUST_CLIENT_SECRET": "y"}
    done = run_without(package, "outcomes", "--queues", catalogue_file(tmp_path), **credentials)
    assert done.returncode == 2
    assert f"needs the package {package}: pip install 'live-agent-handoff[beyondtrust]'" in done.stderr
    assert "Traceback" not in done.stderr
