"""A case set that grows holds nothing of what HANDOFF_REDACT names."""

from pathlib import Path

from click.testing import CliRunner, Result

from agent.cli.main import main
from tests.support import small

SAID = "my SQL database rejects password: hunter2"


def handoff(*arguments: str, said: str = "", redact: str = "passwords") -> Result:
    environ = {"HANDOFF_MODEL": "embedded", "HANDOFF_REDACT": redact}
    result = CliRunner(env=environ).invoke(main, arguments, input=said)
    assert result.exit_code == 0, result.output
    return result


def test_of_tickets_and_conversations(tmp_path: Path) -> None:
    small.catalogue(tmp_path)
    queues = ("--queues", str(tmp_path / "queues.yaml"))
    tickets, saved = tmp_path / "tickets.csv", str(tmp_path / "chat.json")
    tickets.write_text(f"text,queue\n{SAID},db\nDas Passwort lautet Sommer24,db\n", encoding="utf-8")
    imported = ("eval", "import", str(tickets), "--text", "text", "--queue", "queue", *queues)
    made = handoff(*imported)
    assert SAID.replace("hunter2", "[password removed]") in made.stdout
    assert "Das Passwort lautet [Passwort entfernt]" in made.stdout
    assert "2 cases to review: only what HANDOFF_REDACT names was taken out" in made.stderr
    made = handoff(*imported, redact="")
    assert SAID in made.stdout
    assert "nothing personal was taken out" in made.stderr
    handoff("chat", *queues, "--save", saved, said=f"{SAID}\n/start\n", redact="")
    assert "hunter2" not in handoff("eval", "add", saved, *queues).stdout
