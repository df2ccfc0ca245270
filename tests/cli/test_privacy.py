"""`handoff privacy` and `handoff audit`, as an operator calls them."""

import asyncio
import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent import Chat, User
from agent.artefacts import DAYS, known, note, sweep
from agent.cli.main import main
from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from agent.stores.sqlite import SQLiteStore
from tests.support import small

ADA = User(id="u-4711", name="Ada Lovelace", email="ada@acme.com")
BOB = User(id="u-42", name="Bob Dobbs", email="bob@acme.com")
SQL = SelectQueue(queue_id=small.DATABASE, summary="A query hangs.", reason="")


@pytest.fixture(autouse=True)
def fresh_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def talked(tmp_path: Path) -> dict[str, Chat]:
    """Two people have been handed off; their conversations are in chats.db."""
    catalogue = small.catalogue(tmp_path)

    async def talk() -> dict[str, Chat]:
        agent = small.agent_over(
            catalogue, ScriptedModel([SQL, SQL]), store=SQLiteStore(tmp_path / "chats.db")
        )
        chats = {}
        for user in (ADA, BOB):
            chat = agent.start(user)
            await chat.send("my SQL query hangs")
            await chat.press("start")
            chats[str(user.name)] = chat
        await agent.close()
        return chats

    return asyncio.run(talk())


def run(*args: str | Path, stdin: str = "") -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], input=stdin)


def test_audit_tells_why_by_conversation_by_reference_and_by_person(
    talked: dict[str, Chat], tmp_path: Path
) -> None:
    chat = talked["Ada Lovelace"]
    handed = chat.conversation.messages[1]
    assert handed.role == "assistant"
    assert handed.reply.proposal
    reference = handed.reply.proposal.reference
    store = ("--store", tmp_path / "chats.db", "--queues", tmp_path / "queues.yaml")
    told = [run("audit", which, *store) for which in (chat.id, reference, "ADA@acme.com", "u-4711")]
    assert {result.exit_code for result in told} == {0}
    assert len({result.output for result in told}) == 1
    output = told[0].output
    assert "shown Database Support (chosen by the model)" in output
    assert "pressed Start agent chat → agreed, handed off to Database Support" in output
    assert reference in output
    assert handed.reply.proposal.fingerprint[:12] in output
    assert "ada" not in output.replace(reference, "").replace(chat.id, "").lower().split()
    entries = [json.loads(line) for line in run("audit", chat.id, *store, "--json").output.splitlines()]
    assert [entry["outcome"] for entry in entries] == ["proposal", "handoff"]


def test_audit_of_the_unknown_says_so(talked: dict[str, Chat], tmp_path: Path) -> None:
    result = run("audit", "nobody@acme.com", "--store", tmp_path / "chats.db")
    assert result.exit_code == 1
    assert "Nothing is known" in result.output


def test_delete_reaches_the_store_and_leaves_a_history_without_a_name(
    talked: dict[str, Chat], tmp_path: Path
) -> None:
    database = tmp_path / "chats.db"
    found = run("privacy", "find", "ada@acme.com", "--store", database)
    assert found.exit_code == 0
    assert f"conversation  {talked['Ada Lovelace'].id}" in found.output
    assert talked["Bob Dobbs"].id not in found.output
    assert run("privacy", "delete", "ada@acme.com", "--store", database, "--yes").exit_code == 0
    content = (
        database.read_bytes() + (tmp_path / "chats.db-wal").read_bytes()
        if (tmp_path / "chats.db-wal").exists()
        else database.read_bytes()
    )
    assert b"Lovelace" not in content
    assert b"Dobbs" in content
    audit = run("audit", talked["Ada Lovelace"].id, "--store", database)
    assert "erased on request" in audit.output
    again = run("privacy", "find", "ada@acme.com", "--store", database)
    assert "conversation  " not in again.output
    assert "history" in again.output


def test_files_that_commands_have_written_are_found_without_being_named(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    words = "my SQL query hangs\n/start\n"
    assert (
        run(
            "chat", "--save", saved, "--email", "ada@acme.com", "--name", "Ada Lovelace", stdin=words
        ).exit_code
        == 0
    )
    other = tmp_path / "other.json"
    assert run("chat", "--save", other, "--email", "bob@acme.com", stdin=words).exit_code == 0
    found = run("privacy", "find", "ada@acme.com")
    assert str(saved) in found.output
    assert str(other) not in found.output
    assert run("privacy", "delete", "ada@acme.com", "--yes").exit_code == 0
    assert not saved.exists()
    assert other.exists()
    assert [artefact.path for artefact in known()] == [other]


def test_of_files_of_lines_only_the_lines_go(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    lines = [
        {"id": "1", "transcript": [{"text": "I am Ada\u00a0 Lovelace, ada@acme.com"}]},
        {"id": "2", "transcript": [{"text": "grada@acme.com wrote"}]},
        {"id": "3", "transcript": [{"text": "Ada is a language"}]},
    ]
    (folder / "results.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (folder / "summary.json").write_text("{}", "utf-8")
    (folder / "report.html").write_text("<p>Ada Lovelace</p>", "utf-8")
    result = run("privacy", "delete", "ada@acme.com", "--also", "Ada Lovelace", "--in", folder, "--yes")
    assert result.exit_code == 0, result.output
    kept = [json.loads(line)["id"] for line in (folder / "results.jsonl").read_text("utf-8").splitlines()]
    assert kept == ["2", "3"]
    assert sorted(path.name for path in folder.iterdir()) == ["results.jsonl"]
    assert "handoff eval regrade" in result.output


def test_nothing_is_deleted_unasked(talked: dict[str, Chat], tmp_path: Path) -> None:
    result = run("privacy", "delete", "ada@acme.com", "--store", tmp_path / "chats.db")
    assert result.exit_code == 2
    assert "--yes" in result.output
    assert "conversation  " in run("privacy", "find", "ada@acme.com", "--store", tmp_path / "chats.db").output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["find", " "], "USER is empty"),
        (["find", "ada", "--in", "/nowhere/at/all"], "no such file or folder"),
        (["find", "ada", "--store", "/nowhere/at/all.db"], "no such file"),
    ],
)
def test_bad_input_gets_one_message(args: list[str], said: str) -> None:
    result = run("privacy", *args)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_damaged_list_of_files_is_told(tmp_path: Path) -> None:
    (tmp_path / "state" / "live-agent-handoff").mkdir(parents=True)
    (tmp_path / "state" / "live-agent-handoff" / "artefacts.jsonl").write_text("{no json\n")
    result = run("privacy", "find", "ada@acme.com")
    assert result.exit_code == 2
    assert "cannot be read" in result.output


def aged(path: Path, days: float) -> Path:
    path.write_text("old", "utf-8")
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    return path


def test_sweep_deletes_what_was_kept_for_long_enough_and_nothing_else(tmp_path: Path) -> None:
    old = aged(tmp_path / "old.json", DAYS["conversation"] + 1)
    young = aged(tmp_path / "young.json", DAYS["conversation"] - 1)
    for path in (old, young):
        note(path, "conversation")
    assert run("privacy", "sweep").exit_code == 2  # nobody can be asked here
    assert old.exists()
    assert run("privacy", "sweep", "--yes").exit_code == 0
    assert not old.exists()
    assert young.exists()
    assert [artefact.path for artefact in known()] == [young]


def test_commands_sweep_their_own_places_only(tmp_path: Path) -> None:
    old = aged(tmp_path / "a.jsonl", DAYS["answers"] + 1)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    named = aged(elsewhere / "b.jsonl", DAYS["answers"] + 1)
    for path in (old, named):
        note(path, "answers")
    assert sweep("answers", tmp_path) == [old]
    assert named.exists()


def test_an_eval_run_is_noted(tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run("eval", "--limit", "2", "--out", out).exit_code in (0, 1)
    assert [(artefact.path, artefact.kind) for artefact in known()] == [(out, "run")]


def test_an_id_that_is_a_word_is_looked_for_as_a_value_alone(tmp_path: Path) -> None:
    lines = [{"user": "Nobody"}, {"text": "nobody came"}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (tmp_path / "b.html").write_text("<p>nobody came</p>", "utf-8")
    found = run("privacy", "find", "nobody", "--in", tmp_path)
    assert "a.jsonl  (1 lines)" in found.output
    assert "b.html" not in found.output


def test_says_what_was_not_searched(talked: dict[str, Chat], tmp_path: Path) -> None:
    assert "no store was searched" in run("privacy", "find", "ada@acme.com").output
    other = ("privacy", "find", "eve@acme.com", "--store", tmp_path / "chats.db")
    assert "give --tenant" in run(*other).output
    assert "give --tenant" not in run(*other, "--tenant", "acme").output
