"""What is found in a set of cases: duplicates, copied words, thin slices."""

from pathlib import Path
from typing import Any

import pytest

from agent.catalogue.schema import Catalogue
from evals.case import Case
from evals.growing.lint import LEAST, Finding, lint
from tests.support import small

from .made import case


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small.catalogue(tmp_path)


def told(id_: str, opening: str, *facts: str, queue: str = small.DATABASE, **more: Any) -> Case:
    known = {f"f{number}": fact for number, fact in enumerate(facts)}
    return case(
        id=id_,
        opening=opening,
        user={"facts": known},
        expect={"outcome": "handoff", "queue": queue},
        **more,
    )


def about(catalogue: Catalogue, *cases: Case) -> list[Finding]:
    """Findings about cases, not about the set."""
    return [finding for finding in lint(cases, catalogue) if finding.case]


WORDS = [f"word{letter}" for letter in "abcdefghijklmnopqrst"]


def test_cases_that_say_the_same(catalogue: Catalogue) -> None:
    found = about(
        catalogue,
        told("a", "the kettle drips", "since today"),
        told("b", "the toaster smokes"),
        told("c", "the kettle drips", "since today"),
        told("d", "The kettle DRIPS!", "since today"),
        told("e", "the kettle drips", "since May, and it smells of coffee"),
    )
    assert found == [
        Finding("c", 'says the same as "a"'),
        Finding("d", 'says the same as "a"'),
    ]


def test_from_which_share_of_common_words_on(catalogue: Catalogue) -> None:
    near, far = " ".join([*WORDS[:18], "other"]), " ".join([*WORDS[:16], "new", "more"])
    assert about(catalogue, told("a", " ".join(WORDS)), told("b", near)) == [
        Finding("b", 'says nearly the same as "a"')  # 18 of 21
    ]
    assert about(catalogue, told("a", " ".join(WORDS)), told("b", far)) == []  # 16 of 22


def test_words_copied_from_the_catalogue(catalogue: Catalogue) -> None:
    copied = "please, SQL databases: failing queries, connections are what I have since Monday morning here"
    (found,) = about(catalogue, told("a", copied))
    assert found == Finding("a", 'copies "sql databases failing queries connections" from Database Support')
    assert about(catalogue, told("a", copied, queue=small.LAPTOP)) == []


def test_nearly_all_words_are_the_catalogue_s_own(catalogue: Catalogue) -> None:
    (found,) = about(catalogue, told("a", "backups: queries, connections, databases"))
    assert found.text == (
        "nearly all of its words stand in Database Support: backups, queries, connections, databases"
    )
    assert about(catalogue, told("a", "backups queries connections")) == []  # a phrase that many use
    assert about(catalogue, told("a", "backups queries connections", "kettle toaster spoon fork")) == []


def whole(catalogue: Catalogue, *cases: Case) -> list[str]:
    return [finding.text for finding in lint(cases, catalogue) if not finding.case]


def several(count: int, prefix: str, queue: str, *tags: str) -> list[Case]:
    return [
        told(f"{prefix}{n}", f"{prefix}one{n} {prefix}two{n} {prefix}three{n}", queue=queue, tags=tags)
        for n in range(count)
    ]


def test_what_is_too_thin_to_say_anything(catalogue: Catalogue) -> None:
    cases = several(LEAST, "a", small.DATABASE, "held", "enough")
    cases += several(LEAST - 1, "b", small.LAPTOP, "held", "few") + several(1, "c", small.NIGHT, "one")
    cases += several(LEAST, "d", small.DESK)
    assert whole(catalogue, *cases) == [
        'the slice "few" is thin: 4 cases, and 5 at least say anything',
        'the slice "one" is thin: 1 case, and 5 at least say anything',
        'the queue "Laptop Support" is thin: 4 cases, and 5 at least say anything',
        'the queue "Night Shift" is thin: 1 case, and 5 at least say anything',
        f'the queue "{small.CANARY} Payroll" is thin: 0 cases, and 5 at least say anything',
        f'the queue "{small.SECRETS[small.BOARD]} Desk" is thin: 0 cases, and 5 at least say anything',
    ]


def test_some_cases_should_be_held_back(catalogue: Catalogue) -> None:
    said = 'no case is held back: tag some "held", and never tune to them'
    assert said in whole(catalogue, *several(5, "a", small.DATABASE, "clear"))
    assert said not in whole(catalogue, *several(5, "a", small.DATABASE, "held"))


def test_a_set_in_order_gets_nothing(catalogue: Catalogue) -> None:
    queues = [queue.id for queue in catalogue.queues]
    cases = [one for n, id_ in enumerate(queues) for one in several(LEAST, "uvwxyz"[n], id_, "held")]
    assert list(lint(cases, catalogue)) == []


def test_nothing_at_all_is_thin(catalogue: Catalogue) -> None:
    assert len(list(lint([], catalogue))) == len(catalogue.queues) + 1


def test_the_same_case_very_often(catalogue: Catalogue) -> None:
    cases = [told(str(n), "the kettle drips") for n in range(60)]
    assert len(about(catalogue, *cases)) == 59


def test_the_longer_of_near_duplicates_may_come_second(catalogue: Catalogue) -> None:
    short, long = told("a", " ".join(WORDS[3:])), told("b", " ".join(WORDS))
    assert len(about(catalogue, long, short)) == 1  # 17 of 20 are the same
    assert len(about(catalogue, short, long)) == 1
