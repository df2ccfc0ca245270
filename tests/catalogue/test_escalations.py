"""`escalates_to` and `team_name`: what is taken, and every mistake on its line."""

from pathlib import Path

import pytest

from agent.catalogue.load import load

from .texts import GOOD, line_of, mistakes, write


def test_they_are_read(tmp_path: Path) -> None:
    text = GOOD.replace("    owner: db@example.com", "    escalates_to: [ payroll, desk ]")
    text = text.replace("team: 12", 'team: 12, team_name: " Datenbanken "')
    queue = load(write(tmp_path, text)).by_id["0123"]
    assert queue.escalates_to == ("payroll", "desk")
    assert queue.beyondtrust
    assert queue.beyondtrust.team_name == "Datenbanken"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (
            "[desk, nobody]",
            'escalates_to: there is no queue with the id "nobody": write the id of one in queues',
        ),
        ("[Payroll]", 'escalates_to: "Payroll" is the name of a queue: write its id, payroll'),
        ('["0123"]', 'escalates_to: "0123" is this queue itself: write the id of another one'),
        ("desk", '"escalates_to" must be a list, such as [one, two], not "desk"'),
        ("[[desk]]", 'item 1 of "escalates_to" must be text, not a list'),
    ],
)
def test_mistakes(tmp_path: Path, entry: str, says: str) -> None:
    text = GOOD.replace("    owner: db@example.com", f"    escalates_to: {entry}")
    ((line, said),) = mistakes(tmp_path, text)
    assert line == line_of(text, "escalates_to")
    assert says in said


def test_a_team_has_a_name_or_none(tmp_path: Path) -> None:
    ((_, said),) = mistakes(tmp_path, GOOD.replace("team: 12", 'team_name: ""'))
    assert '"team_name" is empty' in said
