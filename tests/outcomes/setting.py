"""A catalogue whose queues the stand-in's teams answer, and sessions played there."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from click.testing import CliRunner, Result

from agent.appliance.sessions import Session
from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from agent.cli.main import main
from agent.outcomes.event_file import EventFile
from agent.outcomes.receiver import Network, Receiver
from agent.outcomes.teams import Teams
from tests.support.appliance import Clock, Running

DATABASE, WORKPLACE, NETWORK, DESK, EU = "db", "workplace", "network", "desk", "eu"
TOKEN = "geheimes-token-0123"
CUSTOMER, GRACE, EDSGER, ADA, KONRAD = "Kanarienvogel Kunde", 2, 3, 1, 5
FIELD = 4  # the team Security, which answers no queue here

YAML = """\
version: 1
target:
{target}
default_queue: desk
queues:
  - id: desk
    name: Service Desk
    beyondtrust: {{issue: it_service_desk, team: 1, team_name: IT Service Desk}}
  - id: db
    name: Database Support
    description: "SQL databases: failing queries, connections, backups."
    escalates_to: [network]
    beyondtrust: {{issue: db_support, team: 12}}
  - id: workplace
    name: Laptop Support
    description: "Laptops, screens, keyboards and docking stations."
    beyondtrust: {{issue: laptops_hardware, team: 2, team_name: Workplace}}
  - id: network
    name: Network Support
    description: "VPN, network, internet."
    beyondtrust: {{issue: network_vpn, team: 3, team_name: Network}}
  - id: eu
    name: Payroll
    description: "Payslips and salaries."
    only_for: {{region: [EU]}}
    beyondtrust: {{issue: eu_payroll_systems, team: 5, team_name: Business Applications}}
"""
KEY = "  kind: session_key\n  host: {host}\n"


def catalogue_file(folder: Path, host: str = "support.example.com", target: str = KEY) -> Path:
    """A catalogue in a file of `folder`."""
    path = folder / "queues.yaml"
    path.write_text(YAML.format(target=target.format(host=host).rstrip("\n")), "utf-8")
    return path


def catalogue(folder: Path) -> Catalogue:
    """The same, read."""
    return load(catalogue_file(folder))


def host_of(appliance: Running) -> str:
    """Host and port, as the catalogue has them."""
    return appliance.url.removeprefix("https://")


def begin(appliance: Running, reference: str, issue: str = "db_support", **custom: str) -> Session:
    """A person opens the portal link of a handoff."""
    fields = {f"session.custom.{code}": text for code, text in {"external_key": reference, **custom}.items()}
    answer = appliance.get(
        "/api/start_session",
        params={
            "issue_menu": "1",
            "codeName": issue,
            "c2cjs": "1",
            "customer.name": CUSTOMER,
            "customer.details": "my Kanarienvogel passwort is 1234",
            **fields,
        },
    )
    assert answer.status_code == 200
    return appliance.sessions.last


def act(appliance: Running, session: Session, what: str, **form: int) -> None:
    """Somebody presses a button of the stand-in's page."""
    data = {name: str(value) for name, value in form.items()}
    assert (
        appliance.request("POST", f"/stand-in/sessions/{session.lsid}/{what}", data=data).status_code == 303
    )


def play(appliance: Running, clock: Clock, reference: str, *acts: str, issue: str = "db_support") -> Session:
    """A session in which `acts` happen: "+SECONDS", "accept:PERSON", "transfer:TEAM", "end" or "leave"."""
    session = begin(appliance, reference, issue)
    for one in acts:
        name, _, value = one.partition(":")
        if one.startswith("+"):
            clock.pass_(int(one))
        elif name == "accept":
            act(appliance, session, name, representative=int(value))
        elif name == "transfer":
            act(appliance, session, name, team=int(value))
        else:
            act(appliance, session, one)
    return session


def run(command: str, *arguments: object) -> Result:
    """A command of `handoff`."""
    return CliRunner().invoke(main, [*command.split(), *map(str, arguments)])


def outcomes_in(path: Path) -> dict[str, dict[str, Any]]:
    """The outcomes of `--out`, by reference."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {line["reference"]: line for line in lines}


@contextlib.contextmanager
def receiving(
    path: Path, teams: Teams, *, allow: tuple[Network, ...] = (), clock: Callable[[], float] = time.time
) -> Iterator[str]:
    """A receiver that runs in a thread; gives its address, without the token."""
    file = EventFile(path)
    app = Receiver(file, TOKEN, teams=lambda: teams, allow=allow, clock=clock).app
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/events"
    finally:
        server.should_exit = True
        thread.join()
        file.close()


def wait_for(true: Callable[[], bool]) -> None:
    """Until it is so."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
