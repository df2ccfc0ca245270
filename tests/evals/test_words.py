"""How numbers and outcomes are called; and that everything there is has a name."""

from typing import Any

import pytest

from evals import violations
from evals.case import Expect
from evals.metrics.group import EFFORT as MEASURED
from evals.metrics.interval import Metric
from evals.report.words import EFFORT, METRICS, VIOLATIONS, bounds, decision, faults, label, queue_name, share
from evals.result import Call

from .made import result, summary

NAMES = {"q": "Queue Q", "r": "Queue R"}


def test_everything_has_a_name() -> None:
    assert set(VIOLATIONS) == set(violations.ALL)
    assert set(EFFORT) == set(MEASURED)
    measured = {name for name in summary([result()]).metrics if not name.startswith("pass^")}
    assert set(METRICS) == measured
    assert (label("accuracy"), label("pass^4")) == ("Routing accuracy (first proposal)", "pass^4")


def test_numbers() -> None:
    known, unknown = Metric(value=0.5, low=0.25, high=0.7549, n=9), Metric(value=None)
    assert (share(known), bounds(known)) == ("50.0 %", "25.0 – 75.5")
    assert (share(unknown), bounds(unknown)) == ("unknown", "")
    assert bounds(Metric(value=0.5)) == ""
    assert (share(Metric(value=0.0)), share(Metric(value=1.0))) == ("0.0 %", "100.0 %")


def test_queues() -> None:
    assert [queue_name(id_, NAMES) for id_ in ("q", "x", None, "(none)")] == [
        "Queue Q",
        "x",
        "no proposal",
        "no proposal",
    ]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (Call(decision="ask", text="What?"), "model: ask: What?"),
        (
            Call(decision="select_queue", queue="q", confidence=0.876),
            "model: select_queue Queue Q (confidence 0.88)",
        ),
        (Call(decision="select_queue", queue="x", confidence=0.0), "model: select_queue x (confidence 0.00)"),
        (Call(error="ModelUnavailable: down"), "model: ModelUnavailable: down"),
    ],
)
def test_decisions(call: Call, said: str) -> None:
    assert decision(call, NAMES) == said


@pytest.mark.parametrize(
    ("came", "expect", "said"),
    [
        ({}, {}, []),
        ({"asked_first": 1}, {"clarify": "required"}, []),
        ({"asked_first": 1}, {"clarify": "forbidden"}, ["asked though it was clear"]),
        ({}, {"clarify": "required"}, ["not asked though it was vague"]),
        ({"queue": "r"}, {}, ["proposed Queue R instead of Queue Q"]),
        ({"queue": "r"}, {"queue": ["q", "x"]}, ["proposed Queue R instead of Queue Q or x"]),
        (
            {"queue": None, "outcome": "no_handoff"},
            {"clarify": "required"},
            ["proposed no proposal instead of Queue Q", "no handoff"],
        ),
        ({"outcome": "no_handoff"}, {}, ["no handoff"]),
        ({}, {"outcome": "no_handoff"}, ["a handoff that should not be"]),
        ({"final_queue": "r"}, {"final_queue": "q"}, ["proposed in the end: Queue R instead of Queue Q"]),
        ({"handoff_queue": "r"}, {"handoff_queue": "q"}, ["landed in: Queue R instead of Queue Q"]),
        ({"error": "it broke", "queue": "r"}, {}, ["broke off: it broke"]),
        ({"user_faults": 1, "queue": "r", "degraded": True}, {}, ["the played person failed"]),
        ({"degraded": True, "queue": "r"}, {}, ["the model failed"]),
        (
            {"degraded": True, "violations": ("handoff_twice", "no_reply")},
            {},
            ["two handoffs for one proposal", "a person left without a reply", "the model failed"],
        ),
    ],
)
def test_what_is_wrong(came: dict[str, Any], expect: dict[str, Any], said: list[str]) -> None:
    expected = Expect.model_validate({"outcome": "handoff", "queue": "q", **expect})
    found = result(expected=expected, **came)
    assert list(faults(found, NAMES)) == said


def test_whatever_is_not_correct_has_a_fault() -> None:
    for queue in ("q", "r", None):
        for final in ("q", "r"):
            for outcome in ("handoff", "no_handoff"):
                for right in (("q",), ()):
                    expected = Expect(
                        outcome="handoff" if right else "no_handoff", queue=right, final_queue="q"
                    )
                    found = result("a", queue, right, expected=expected, outcome=outcome, final_queue=final)
                    assert bool(found.correct) is not bool(list(faults(found, NAMES)))
