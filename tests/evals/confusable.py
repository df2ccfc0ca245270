"""A catalogue with two queues that are easily confused, and cases that show it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from evals.case import Case

ACCOUNTS, DEVICES, DESK = "accounts", "devices", "desk"
YAML = """\
# whatever stands here
version: 1
target: {kind: url_template, url: "https://chat.example.com/?q={queue_id}"}
default_queue: desk
queues:
  - {id: desk, name: Service Desk, description: General questions about the company and its rooms.}
  - id: accounts
    name: Accounts
    description: >-   # by hand
      Forgotten passwords, locked accounts and sign-in.

  - id: devices
    name: Devices
    description: 'Laptops, phones, tablets: the screen, the battery and other hardware.'
  - id: hidden
    name: Phone Tokens
    description: Phones that show tokens and codes, and screens.
    only_for: {region: [EU]}
"""

_PLACES = ["Berlin", "Paris", "Rome", "Oslo", "Madrid", "Lisbon", "Vienna", "Prague", "Dublin", "Athens"]


def catalogue(folder: Path) -> Catalogue:
    """The catalogue, through the real loader."""
    return load(queues(folder))


def queues(folder: Path) -> Path:
    """Its file."""
    path = folder / "queues.yaml"
    path.write_text(YAML, "utf-8")
    return path


def case(id_: str, opening: str, queue: str, **user: Any) -> Case:
    """A case that belongs to `queue`."""
    return Case.model_validate(
        {"id": id_, "opening": opening, "user": user, "expect": {"outcome": "handoff", "queue": queue}}
    )


def cases(count: int = 20) -> list[Case]:
    """So many that belong to each of three queues; half of those of Accounts speak of a token on the phone."""
    made = []
    for n in range(count):
        place = _PLACES[n % len(_PLACES)]
        token = (
            f"the token on the phone screen is refused in {place}"
            if n % 2
            else f"password forgotten in {place}"
        )
        made += [
            case(f"a{n}", token, ACCOUNTS),
            case(f"d{n}", f"the screen of my phone is broken in {place}", DEVICES),
            case(f"r{n}", f"a question about rooms of the company in {place}", DESK),
        ]
    return made


def write(path: Path, made: Iterable[Case]) -> Path:
    """A case file."""
    lines = (json.dumps(json.loads(one.model_dump_json(exclude_defaults=True))) for one in made)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
