"""The files of deploy/ fit the program and each other, as far as that shows without a container engine."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.cli.serve import serve
from agent.server.run import MORE_SECONDS
from agent.server.settings import read_server_settings
from agent.settings import Settings
from tests.server.processes import process, wait_until_ready
from tests.test_supply_chain import PROJECT

from .nginx import CONFIGURATION, free_ports

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load(DEPLOY.joinpath("compose.yaml").read_text("utf-8"))
CONTAINERFILE = DEPLOY.joinpath("Containerfile").read_text("utf-8").replace("\\\n", " ")
SERVERS = [COMPOSE["services"][name] for name in ("handoff-1", "handoff-2")]


def refusal(file: Path) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout  # noqa: S603


def test_the_compose_file_follows_the_specification(tmp_path: Path) -> None:
    assert refusal(DEPLOY / "compose.yaml").startswith("ok")
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(
        DEPLOY.joinpath("compose.yaml").read_text("utf-8").replace("volumes:", "volume:"), "utf-8"
    )
    assert "volume" in refusal(wrong)


def test_the_servers_of_the_compose_file_start_and_end_as_they_should() -> None:
    assert SERVERS[0] == SERVERS[1]
    served, drain = SERVERS[0], float(SERVERS[0]["environment"]["HANDOFF_DRAIN"])
    name, *options = served["command"]
    assert name == "serve"
    assert serve.make_context("serve", options).params["store"] == "postgresql://handoff@postgres/handoff"
    most = drain + 2 * Settings.from_environment({}).timeout + MORE_SECONDS
    assert float(served["stop_grace_period"].removesuffix("s")) > most
    text = CONFIGURATION.read_text("utf-8")
    assert set(re.findall(r"server (\S+):8080 ", text)) == {"handoff-1", "handoff-2"}
    assert drain > max(map(float, re.findall(r"fail_timeout=(\d+)s", text)))


def test_nothing_secret_stands_in_the_files() -> None:
    assert not re.search(r"^(ENV|ARG).*(KEY|SECRET|PASSWORD|TOKEN)", CONTAINERFILE, re.MULTILINE)
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("KEY|SECRET|PASSWORD|TOKEN", name):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), name
    ignored = ROOT.joinpath(".gitignore").read_text("utf-8").splitlines()
    assert {"deploy/.env", "deploy/tls/"} <= set(ignored)
    example = DEPLOY.joinpath("env.example").read_text("utf-8")
    assert set(re.findall(r"_(?:PASSWORD|KEYS?)=(.*)", example)) <= {"", "CHANGE-ME", "acme:CHANGE-ME"}


def test_the_example_of_settings_is_taken_with_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    text = DEPLOY.joinpath("env.example").read_text("utf-8").replace("CHANGE-ME", "0123456789abcdef")
    for name, value in re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE):
        monkeypatch.setenv(name, value)
    assert Settings.from_environment(os.environ).pseudonym_key == "0123456789abcdef"
    assert read_server_settings().api_keys[0].tenant == "acme"


def test_the_container_file_takes_what_is_there_and_runs_as_nobody() -> None:
    for copied in re.findall(r"^COPY (?!--)(.*) \S+$", CONTAINERFILE, re.MULTILINE):
        for source in copied.split():
            assert (ROOT / source).exists(), source
    extras = re.search(r"pip install .*'\.\[(.*)\]'", CONTAINERFILE)
    assert extras
    assert set(extras[1].split(",")) <= PROJECT["optional-dependencies"].keys()
    user = re.findall(r"^USER (.*)$", CONTAINERFILE, re.MULTILINE)
    assert user
    assert int(user[-1]) > 0


@pytest.mark.parametrize("closed", [False, True])
def test_the_health_checks(tmp_path: Path, *, closed: bool) -> None:
    found = re.search(r'CMD \["python", "-c", (".*")\]', CONTAINERFILE)
    assert found
    _, python, flag, ready = SERVERS[0]["healthcheck"]["test"]
    assert (python, flag) == ("python", "-c")
    checks = [shlex.split(found[1])[0], ready]
    if closed:
        assert all(_checked(code, free_ports(1)[0]) for code in checks)
        return
    with process(tmp_path / "chats.db") as server:
        wait_until_ready(server.url)
        port = int(server.url.rpartition(":")[2])
        assert [_checked(code, port) for code in checks] == [0, 0]


def _checked(code: str, port: int) -> int:
    assert ":8080/" in code
    command = [sys.executable, "-c", code.replace(":8080/", f":{port}/")]
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode  # noqa: S603
