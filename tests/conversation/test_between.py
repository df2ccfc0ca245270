"""A question between two queues names both, with what tells them apart."""

import re
from pathlib import Path

import pytest

from agent import Chat
from agent.models.embedded import EmbeddedModel
from tests.support import small

TWINS = """\
version: 1
target: {kind: url_template, url: "https://chat.example.com/{queue_id}"}
default_queue: desk
queues:
  - {id: desk, name: Service Desk, description: Everything else.}
  - id: munich
    name: ONE
    description: |
      Printers in the south.
      - toner and paper
      - ASP.NET print apps
      Drucker im Süden, Toner und Papier.
  - id: berlin
    name: TWO
    description: "Printers in the north – scanners (flatbed), badges. Drucker im Norden, Scanner und Ausweise."
"""
NAMES = [
    ("Printing One", "Printing Two"),
    ("Print - South", "Print - North"),
    ("Print: South", "Print: North"),
    ("St. Gallen Print", "U.S. Print"),
    ("Print–South; toner", "Print — North"),
    ("N" * 99 + "1", "N" * 99 + "2"),
]


def chat_over(folder: Path, names: tuple[str, str]) -> Chat:
    text = TWINS.replace("ONE", f'"{names[0]}"').replace("TWO", f'"{names[1]}"')
    return small.agent_over(small.catalogue(folder, text), EmbeddedModel(sure=1)).start()


@pytest.mark.parametrize("names", NAMES, ids=" ".join)
@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("the printers are broken", r"Is it more about (.+) \((.+)\) or about (.+) \((.+)\)\?"),
        ("die Drucker sind kaputt", r"Geht es eher um (.+) \((.+)\) oder um (.+) \((.+)\)\?"),
    ],
)
async def test_both_are_named_with_what_tells_them_apart(
    tmp_path: Path, names: tuple[str, str], text: str, shape: str
) -> None:
    chat = chat_over(tmp_path, names)
    reply = await chat.send(text)
    if not re.fullmatch(shape, reply.text):  # vague: after an open question the two best are named
        reply = await chat.send(text)
    asked = re.fullmatch(shape, reply.text)
    assert asked, reply.text
    one, first, other, second = asked.groups()
    assert {one, other} == set(names)
    own = {
        names[0]: "south toner paper süden papier",
        names[1]: "north scanners flatbed badges norden scanner ausweise",
    }
    assert set(first.lower().replace(",", "").split()) & set(own[one].split())
    assert set(second.lower().replace(",", "").split()) & set(own[other].split())
    for button, name in zip(reply.buttons, (one, other), strict=False):
        assert button.label == name or (len(name) > 80 and name.startswith(button.label.rstrip("…")))
    assert reply.buttons[2].action == "skip"


@pytest.mark.parametrize(
    ("answer", "place"), [("the first one", 0), ("the second one", 1), ("das zweite", 1), ("", 0), ("", 1)]
)
async def test_the_answer_decides(tmp_path: Path, answer: str, place: int) -> None:
    names = ("Print - South", "Print - North")
    chat = chat_over(tmp_path, names)
    reply = await chat.send("the printers are broken")
    while not (len(reply.buttons) == 3 and not reply.proposal):
        reply = await chat.send("the printers are broken")
    label = reply.buttons[place].label
    decided = await chat.send(answer or label)
    assert decided.proposal
    assert decided.proposal.queue == label
    assert decided.proposal.summary.startswith("the printers are broken")


async def test_nothing_tells_apart_what_is_the_same(tmp_path: Path) -> None:
    same = small.YAML.replace(
        "SQL databases: failing queries, connections, backups. Datenbank.", "Dashboards."
    )
    same = same.replace("Laptops, screens, keyboards, docking stations and other hardware.", "Dashboards.")
    chat = small.agent_over(small.catalogue(tmp_path, same), EmbeddedModel()).start()
    reply = await chat.send("dashboards")
    assert re.fullmatch(r"Is it more about \w+ Support or about \w+ Support\?", reply.text)
