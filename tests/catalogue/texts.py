"""A catalogue that uses every key, as text to be broken."""

import re
from pathlib import Path

import pytest

from agent.catalogue.load import load
from agent.errors import CatalogueError

GOOD = """\
version: 1
target:
  kind: url_template
  url: "https://chat.example.com/start?q={queue_id}&text={summary}"
default_queue: desk
calendars:
  office:
    timezone: Europe/Berlin
    open:
      mon-fri: "08:00-18:00"
      2026-12-24: "08:00-12:00"
    closed: [2026-12-25]
other_help:
  - label: Portal
    url: "https://help.example.com/{name}?q={summary}#{reference}"
after_hours:
  label: Ticket
  url: "mailto:help@example.com?body={summary}"
queues:
  - id: desk
    name: Service Desk
    description: Everything that fits nowhere else, and general questions.
  - id: "0123"
    name: Databases
    description: Slow queries, failing connections and backups of SQL databases.
    not_for: reports
    examples: ["my query hangs", no]
    calendar: office
    languages: [en, no, pt-BR]
    only_for:
      region: [EU]
    fallback: payroll
    owner: db@example.com
    beyondtrust: {issue: db_support, team: 12}
  - id: payroll
    name: Payroll
    description: Payslips, salaries and tax forms of people in Europe.
    hours:
      timezone: America/New_York
      open: {fri-mon: "22:00-06:00"}
    only_for: {region: [EU, UK]}
    fallback: desk
"""


def write(folder: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path = folder / "queues.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def mistakes(folder: Path, content: str | bytes) -> list[tuple[int, str]]:
    """The mistakes of a catalogue that has some."""
    path = write(folder, content)
    with pytest.raises(CatalogueError) as caught:
        load(path)
    for line, mistake in zip(str(caught.value).splitlines(), caught.value.mistakes, strict=True):
        assert line == (f"{path}:{mistake.line}: " if mistake.line else f"{path}: ") + mistake.text
    # Words of the schema library have no place in what a person reads.
    assert not re.search(r"pydantic|tuple|dict\b|validation|Input should|Extra inputs", str(caught.value))
    return [(mistake.line, mistake.text) for mistake in caught.value.mistakes]


def line_of(content: str, part: str) -> int:
    """The line on which `part` begins for the first time."""
    return content[: content.index(part)].count("\n") + 1
