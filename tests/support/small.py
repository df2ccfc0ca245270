"""A small catalogue with every hard case, and an agent over it whose clock stands still."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent import HandoffAgent
from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from agent.catalogue.source import CatalogueSource
from agent.models.base import ChatModel
from agent.redaction.base import Redactor
from agent.settings import KEEP
from agent.stores.base import Store
from agent.turn.limits import Limits

DESK, DATABASE, LAPTOP, NIGHT = "desk", "db", "laptop", "night"
EU, BOARD = "eu-payroll", "board-room"  # hidden from most
CANARY = "Kanarienvogel"  # the hidden queue's name and description hold it
SECRETS = {EU: "Rotkehlchen", BOARD: "Nachtigall"}  # only in the hidden queues' texts: nobody ever says them
OPEN = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday noon
CLOSED = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday

YAML = f"""
version: 1
target:
  kind: url_template
  url: "https://chat.example.com/start/{{queue_id}}?text={{summary}}&ref={{reference}}#{{name}}"
default_queue: {DESK}
calendars:
  office: {{timezone: Europe/Berlin, open: {{mon-fri: "08:00-18:00"}}}}
other_help:
  - {{label: Portal, url: "https://help.example.com/?q={{summary}}"}}
after_hours: {{label: Open a ticket, url: "https://help.example.com/new?text={{summary}}"}}
queues:
  - {{id: {DESK}, name: Service Desk, description: "Everything about computers that fits nowhere else."}}
  - id: {DATABASE}
    name: Database Support
    description: "SQL databases: failing queries, connections, backups. Datenbank."
    calendar: office
    fallback: {DESK}
  - id: {LAPTOP}
    name: Laptop Support
    description: "Laptops, screens, keyboards, docking stations and other hardware."
    calendar: office
    fallback: {NIGHT}
  - id: {NIGHT}
    name: Night Shift
    description: "Outages of whole sites outside office hours."
    hours: {{timezone: Europe/Berlin, open: {{mon-fri: "18:00-08:00"}}}}
  - id: {EU}
    name: {CANARY} Payroll
    description: "Payslips and salaries of {CANARY} people in the EU, {SECRETS[EU]}."
    examples: ["my {CANARY} payslip is wrong", "{SECRETS[EU]} sings"]
    only_for: {{region: [EU]}}
  - id: {BOARD}
    name: "{SECRETS[BOARD]} Desk"
    description: "Database, laptop and phone of the {SECRETS[BOARD]}."
    examples: ["the {SECRETS[BOARD]} database is slow"]
    calendar: office
    only_for: {{region: [EU, US], team: [board]}}
    fallback: {DESK}
"""


def catalogue(folder: Path, text: str = YAML) -> Catalogue:
    """The catalogue, through the real loader."""
    path = folder / "queues.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def agent_over(
    catalogue: Catalogue,
    model: ChatModel,
    *,
    store: Store | None = None,
    now: Callable[[], datetime] = lambda: OPEN,
    limits: Limits | None = None,
    state_key: str | None = None,
    accept_relayed: bool = False,
    keep: timedelta = KEEP,
    redactor: Redactor | None = None,
) -> HandoffAgent:
    """An agent with nothing from the environment."""
    return HandoffAgent(
        CatalogueSource.fixed(catalogue),
        model=model,
        store=store,
        clock=now,
        limits=limits,
        state_key=state_key,
        accept_relayed=accept_relayed,
        keep=keep,
        redactor=redactor,
    )
