"""`handoff queues widget`: a link to the default queue, and the script."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.cli.main import main
from tests.support import small

SERVER = ("--server", "https://handoff.acme.com")
PORTAL = """
version: 1
target: {kind: KIND, host: support.acme.com}
default_queue: desk
queues:
  - {id: desk, name: Service Desk, description: "Everything about computers.", beyondtrust: {issue: service_desk}}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["queues", "widget", *arguments])


def written(folder: Path, text: str) -> str:
    path = folder / "queues.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_link_and_a_script(tmp_path: Path) -> None:
    found = run(written(tmp_path, small.YAML), *SERVER, "--label", "Help & <more>", "--language", "de")
    link, script = found.stdout.splitlines()
    assert link.startswith(
        '<a href="https://chat.example.com/start/desk?text=&amp;ref=#" class="handoff-link"'
    )
    assert link.endswith(' rel="noopener noreferrer">Help &amp; &lt;more&gt;</a>')
    assert script == '<script async="" src="https://handoff.acme.com/widget.js"></script>'
    assert ">Mit einem Mitarbeiter sprechen</a>" in run(*SERVER, "--language", "de").stdout


def test_the_link_of_a_portal(tmp_path: Path) -> None:
    found = run(written(tmp_path, PORTAL.replace("KIND", "portal_link")), *SERVER)
    assert 'href="https://support.acme.com/api/start_session?' in found.stdout
    assert "codeName=service_desk" in found.stdout


def test_a_session_key_takes_another_address(tmp_path: Path) -> None:
    path = written(tmp_path, PORTAL.replace("KIND", "session_key"))
    refused = run(path, *SERVER)
    assert refused.exit_code == 2
    assert "--fallback URL" in refused.stderr
    assert 'href="tel:+1-555-0100"' in run(path, *SERVER, "--fallback", "tel:+1-555-0100").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--server"),
        (["--server", "handoff.acme.com"], "https://handoff.acme.com"),
        (["--server", "https://handoff.acme.com/x"], "write the address alone"),
        (["--server", "javascript://x"], "write the address alone"),
        ([*SERVER, "--fallback", "javascript:alert(1)"], "--fallback: "),
        (["no.yaml", *SERVER], "no.yaml"),
    ],
)
def test_mistakes_are_told(arguments: list[str], told: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert told in refused.stderr
    assert refused.stdout == ""
