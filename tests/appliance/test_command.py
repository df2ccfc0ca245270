"""`handoff appliance`: what it prints, what it refuses, and that the printed lines are enough to reach it."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result

from agent.appliance.site import example_site_path, load_site
from agent.cli.main import main
from tests.support.appliance import xml
from tests.support.without import run_without


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["appliance", *arguments])


@contextmanager
def started(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The command as a process of its own, and what it printed before it served."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "agent.cli.main", "appliance", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    try:
        printed = ""
        while "no-commands" not in printed:
            line = process.stdout.readline()
            assert line, (printed, process.communicate()[1])
            printed += line
        yield process, printed
    finally:
        process.kill()
        process.communicate()


def value(printed: str, name: str) -> str:
    found = re.search(rf"^export {name}=(\S+)$", printed, re.MULTILINE)
    assert found, printed
    return found.group(1)


def test_the_printed_lines_are_enough_to_reach_it() -> None:
    with started("--fault", "error=503@reporting:1") as (process, printed):
        assert "It is no BeyondTrust product" in printed.splitlines()[0]
        assert "error=503@reporting:1" in printed
        address = re.search(r"^Address +(https://localhost:\d+) ", printed, re.MULTILINE)
        assert address
        ca_file = Path(value(printed, "HANDOFF_BEYONDTRUST_CA_FILE"))
        secret = value(printed, "HANDOFF_BEYONDTRUST_CLIENT_SECRET")
        trusting = ssl.create_default_context(cafile=str(ca_file))
        with httpx2.Client(base_url=address.group(1), verify=trusting, trust_env=False) as client:
            auth = (value(printed, "HANDOFF_BEYONDTRUST_CLIENT_ID"), secret)
            answer = client.post("/oauth2/token", auth=auth, data={"grant_type": "client_credentials"})
            headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
            answer = client.get("/api/command", params={"action": "get_support_teams"}, headers=headers)
            assert xml(answer).tag == "support_teams"
            assert client.get("/api/reporting", headers=headers).status_code == 503
            assert client.get("/api/start_session?id=2&name=Geheim").status_code == 200
        process.send_signal(signal.SIGTERM)
        logged = process.communicate(timeout=20)[1]
        assert process.returncode == 130
    assert not ca_file.exists()
    assert "GET /api/command 200" in logged
    assert "GET /api/reporting 503 (fault: error)" in logged
    assert "Traceback" not in logged
    assert secret not in logged
    assert "Geheim" not in logged


def test_plain_http_and_ctrl_c() -> None:
    with started("--no-tls", "--older-release") as (process, printed):
        address = re.search(r"http://localhost:\d+", printed)
        assert address
        assert "CA_FILE" not in printed
        assert httpx2.get(address.group(), trust_env=False).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "192.168.1.5", "support.example.com"])  # noqa: S104 - refused
def test_other_hosts_are_refused(host: str) -> None:
    result = run("--host", host)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: --host {host}: the stand-in listens on this machine only, so the host is 127.0.0.1\n"
    )


def test_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("--port", str(port))
    assert result.exit_code == 2
    assert f"port {port} of 127.0.0.1 cannot be used" in result.stderr
    assert "--port 0" in result.stderr


@pytest.mark.parametrize("package", ["starlette", "uvicorn", "trustme"])
def test_without_the_extra_it_says_how_to_get_it(package: str) -> None:
    done = run_without(package, "appliance")
    assert done.returncode == 2
    assert done.stderr == (
        f"Error: the stand-in appliance needs the package {package}: pip install 'live-agent-handoff[appliance]'\n"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--fault", "fire"], "--fault fire: the kind must be one of slow, cut"),
        (["--events", "localhost:80"], "--events localhost:80: this is no http or https address"),
        (["--site", "/nowhere/site.yaml"], "/nowhere/site.yaml: the file cannot be read"),
    ],
)
def test_other_mistakes(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_ca_file_overwrites_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text("version: 1", "utf-8")
    result = run("--port", "0", "--ca-file", str(path))
    assert result.exit_code == 2
    assert "not overwritten" in result.stderr
    assert path.read_text("utf-8") == "version: 1"


def test_the_example_site_can_be_printed_and_used(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(run("--print-site").stdout, "utf-8")
    assert load_site(path) == load_site(example_site_path())
