"""What an installation brings with it: few packages, bounded ranges, and a list of them that tools can read."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CORE = {"click", "numpy", "openai", "pydantic", "pyyaml", "rich", "tenacity", "tiktoken", "tzdata"}


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=! ]", requirement, maxsplit=1)[0].lower()


def test_the_core_needs_these_packages_and_no_other() -> None:
    assert {name_of(requirement) for requirement in PROJECT["dependencies"]} == CORE


@pytest.mark.parametrize("extra", ["", *PROJECT["optional-dependencies"]])
def test_every_range_is_bounded(extra: str) -> None:
    requirements = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    for requirement in requirements:
        if name_of(requirement) not in ("live-agent-handoff", "tzdata"):  # tzdata has dates for versions
            assert re.search(r">=\d.*,<\d", requirement), requirement


def test_all_brings_every_extra_but_the_developers() -> None:
    (everything,) = PROJECT["optional-dependencies"]["all"]
    named = set(re.findall(r"[\w-]+", everything.partition("[")[2]))
    assert named == set(PROJECT["optional-dependencies"]) - {"all", "dev"}


def test_nothing_names_a_registry() -> None:
    for path in (ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / ".ci" / "run"):
        assert not re.search(r"index-url|find-links|@ *https?://", path.read_text("utf-8"))


def test_a_bill_of_materials_lists_what_is_installed(tmp_path: Path) -> None:
    out = tmp_path / "sbom.json"
    command = ["-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
    command += ["--output-reproducible", "--of", "JSON", "-o", str(out), sys.executable]
    subprocess.run([sys.executable, *command], check=True, capture_output=True, timeout=100)  # noqa: S603
    bill = json.loads(out.read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == PROJECT["name"]
    parts = {part["name"].lower(): part for part in bill["components"]}
    assert set(parts) >= CORE
    assert all(parts[name]["purl"].startswith(f"pkg:pypi/{name}@") for name in CORE)
