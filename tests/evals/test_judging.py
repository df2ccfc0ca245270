"""Right queue, right outcome."""

from typing import Any

import pytest

from evals.case import Expect
from evals.judging import judged

from .made import case, result

HANDOFF = {"outcome": "handoff", "queue": ["q", "s"]}
LEAVES = {"outcome": "no_handoff", "queue": ["q"]}


@pytest.mark.parametrize(
    ("expect", "came", "routed", "correct"),
    [
        (HANDOFF, {}, True, True),
        (HANDOFF, {"queue": "s"}, True, True),
        (HANDOFF, {"queue": "r"}, False, False),
        (HANDOFF, {"queue": None, "outcome": "no_handoff"}, False, False),
        (HANDOFF, {"outcome": "no_handoff"}, True, False),
        (HANDOFF | {"final_queue": "q"}, {"final_queue": "q"}, True, True),
        (HANDOFF | {"final_queue": "q"}, {"final_queue": "r"}, True, False),
        (HANDOFF | {"handoff_queue": "n"}, {"handoff_queue": "n"}, True, True),
        (HANDOFF | {"handoff_queue": "n"}, {"handoff_queue": "q"}, True, False),
        (LEAVES, {"outcome": "no_handoff"}, True, True),
        (LEAVES, {"outcome": "no_handoff", "queue": "r"}, False, False),
        (LEAVES, {"outcome": "no_handoff", "queue": None}, None, True),
        (LEAVES, {}, True, False),
        ({"outcome": "no_handoff"}, {"outcome": "no_handoff", "queue": None}, None, True),
        ({"outcome": "no_handoff"}, {"outcome": "no_handoff"}, None, True),
        ({"outcome": "no_handoff"}, {}, None, False),
    ],
)
def test_what_it_is_worth(
    expect: dict[str, Any], came: dict[str, Any], routed: bool | None, correct: bool
) -> None:
    found = result(expected=Expect.model_validate(expect), **came)
    assert (found.routed, found.correct) == (routed, correct)


@pytest.mark.parametrize("why", [{"degraded": True}, {"user_faults": 1}, {"error": "it broke"}])
def test_what_says_nothing_about_the_agent_is_not_judged(why: dict[str, Any]) -> None:
    found = judged(result().model_copy(update={**why, "routed": True, "correct": True}))
    assert found.routed is None
    assert found.correct is None


def test_a_changed_case_judges_anew() -> None:
    before = result("a", "r")
    changed = case(expect={"outcome": "handoff", "queue": "r"}, tags=["new"])
    after = judged(before, changed)
    assert (before.correct, after.correct) == (False, True)
    assert (after.expected, after.tags) == (changed.expect, ("new",))
    out_of_scope = judged(before, case(expect={"outcome": "no_handoff"}))
    assert out_of_scope.out_of_scope
    assert out_of_scope.routed is None
    assert judged(after) == after
