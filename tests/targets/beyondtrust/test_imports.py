"""What a catalogue does not need is not loaded; what is missing is told."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import small

from . import setting

PORTAL = "  kind: portal_link\n  host: {host}\n"
SCRIPT = """
import sys
for name in {blocked}:
    sys.modules[name] = None
from agent import HandoffAgent
from agent.errors import SettingsError
try:
    HandoffAgent.from_file({path!r}, model="embedded").start()
except SettingsError as error:
    print(error)
print([name for name in sys.modules if "beyondtrust." in name or name in ("httpx2", "openai")])
"""


def run(path: Path, *blocked: str) -> list[str]:
    script = SCRIPT.format(blocked=blocked, path=str(path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.splitlines()


def test_a_url_template_loads_none_of_it(tmp_path: Path) -> None:
    small.catalogue(tmp_path)
    assert run(tmp_path / "queues.yaml") == ["[]"]


def test_a_portal_link_works_with_the_core_alone(tmp_path: Path) -> None:
    setting.catalogue(tmp_path, "support.example.com", PORTAL)
    (loaded,) = run(tmp_path / "queues.yaml", "defusedxml", "pydantic_settings", "httpx2")
    assert "agent.targets.beyondtrust.portal_link" in loaded
    assert "transport" not in loaded


@pytest.mark.parametrize("missing", ["defusedxml", "pydantic_settings"])
def test_a_missing_extra(missing: str, tmp_path: Path) -> None:
    setting.catalogue(tmp_path, "support.example.com")
    said, _ = run(tmp_path / "queues.yaml", missing)
    assert said == (
        f"The target session_key needs the package {missing}: pip install 'live-agent-handoff[beyondtrust]'"
    )


def test_a_missing_extra_for_availability(tmp_path: Path) -> None:
    setting.catalogue(tmp_path, "support.example.com", PORTAL + "  availability: 60\n")
    said, _ = run(tmp_path / "queues.yaml", "defusedxml")
    assert said == "availability needs the package defusedxml: pip install 'live-agent-handoff[beyondtrust]'"
