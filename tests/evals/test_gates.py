"""Gates: how they are written, and when a run does not reach them."""

import re

import pytest

from agent.errors import InputError
from evals.gates import Gate, check_gates, failures, parse_gate, violations

from .made import result, summary

RUN = summary(
    [
        result("a", tags=("clear",)),
        result("b", tags=("clear", "held")),
        result("c", "r", tags=("vague",)),
        result("d", tags=("vague",), degraded=True),
    ]
)  # accuracy 2/3, clear 1, vague 0, degraded 1/4


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("accuracy=0.85", Gate("accuracy", None, 0.85)),
        (" accuracy = 0.85 ", Gate("accuracy", None, 0.85)),
        ("macro_f1@held=.5", Gate("macro_f1", "held", 0.5)),
        ("pass^4=1", Gate("pass^4", None, 1.0)),
        ("accuracy@two words=0", Gate("accuracy", "two words", 0.0)),
        ("accuracy@a@b=0.5", Gate("accuracy", "a@b", 0.5)),
    ],
)
def test_a_gate_is_read(text: str, gate: Gate) -> None:
    assert parse_gate(text, under=True) == gate


@pytest.mark.parametrize("name", ["over_asking", "under_asking", "degraded"])
def test_of_some_metrics_less_is_better(name: str) -> None:
    assert parse_gate(f"{name}=0.1", under=False) == Gate(name, None, 0.1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "accuracy",
        "accuracy=",
        "=0.5",
        "accuracy=high",
        "accuracy=1.01",
        "accuracy=85",
        "accuracy=-0.1",
        "accuracy=nan",
        "accuracy=1e-3",
        "accuracy=0.5.5",
        "accuracy=.",
        "accuracy=0,85",
        "accuracy=85%",
        "accuracy=٠",
        "accuracy@=0.5",
        "accuracy@clear",
        "accuracy==0.5",
        "accuracy>0.5",
        "accuracy=0.5 macro_f1=0.5",
        "Accuracy=0.5",
    ],
)
def test_every_wrong_form_is_told_what_is_right(text: str) -> None:
    for under, option, metric in ((True, "--fail-under", "accuracy"), (False, "--fail-over", "over_asking")):
        with pytest.raises(InputError) as caught:
            parse_gate(text, under=under)
        assert str(caught.value) == (
            f'{option} "{text}": right is METRIC=VALUE with a value from 0 to 1, such as {metric}=0.85, '
            f"or METRIC@SLICE=VALUE, such as {metric}@clear=0.9"
        )


@pytest.mark.parametrize("name", ["acuracy", "f1", "pass^11", "questions", "handoff_twice"])
def test_an_unknown_metric_gets_the_list(name: str) -> None:
    with pytest.raises(InputError, match=r"there is no such metric: use accuracy, correct, "):
        parse_gate(f"{name}=0.5", under=True)
    with pytest.raises(
        InputError, match=r"there is no such metric: use over_asking, under_asking, degraded$"
    ):
        parse_gate(f"{name}=0.5", under=False)


def test_the_wrong_direction_is_told() -> None:
    with pytest.raises(InputError, match=r"of degraded less is better; use --fail-over$"):
        parse_gate("degraded=0.1", under=True)
    with pytest.raises(InputError, match=r"of accuracy more is better; use --fail-under$"):
        parse_gate("accuracy@held=0.1", under=False)


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (Gate("accuracy", None, 0.66), []),
        (Gate("accuracy", None, 0.67), ["accuracy is 0.667, under 0.67"]),
        (Gate("accuracy", "clear", 1.0), []),
        (Gate("accuracy", "vague", 0.0), []),
        (Gate("accuracy", "vague", 0.25), ["accuracy@vague is 0.000, under 0.25"]),
        (Gate("degraded", None, 0.25), []),
        (Gate("degraded", None, 0.2), ["degraded is 0.250, over 0.2"]),
        (Gate("degraded", "clear", 0.0), []),
        (Gate("under_asking", None, 1.0), ["under_asking is unknown: no case says anything about it"]),
        (Gate("accuracy", "nope", 0.0), ["accuracy@nope is unknown: no case says anything about it"]),
        (Gate("pass^2", None, 0.0), ["pass^2 is unknown: no case says anything about it"]),
        (Gate("pass^8", None, 0.0), ["pass^8 is unknown: no case says anything about it"]),
    ],
)
def test_what_is_not_reached(gate: Gate, said: list[str]) -> None:
    assert list(failures(RUN, [gate])) == said


def test_every_gate_that_fails_is_told_in_its_order() -> None:
    gates = [Gate("accuracy", None, 1), Gate("got_through", None, 1), Gate("degraded", None, 0)]
    assert list(failures(RUN, gates)) == ["accuracy is 0.667, under 1", "degraded is 0.250, over 0"]


def test_what_must_never_happen() -> None:
    assert list(violations(RUN)) == []
    bad = summary([result(violations=("handoff_twice", "no_reply", "no_reply"), degraded=True)])
    assert list(violations(bad)) == [
        "handoff_twice: 1 where there must be none",
        "no_reply: 2 where there must be none",
    ]


def test_spaces_around_the_sign_are_no_part_of_the_slice() -> None:
    assert parse_gate("accuracy@clear = 0.9", under=True) == Gate("accuracy", "clear", 0.9)


def test_a_gate_that_no_run_could_pass_is_refused_before_it_is_paid_for() -> None:
    for text, told in (
        ("accuracy@nosuch=0.1", 'no case has the tag "nosuch"'),
        ("pass^8=0.5", "takes --trials 8"),
    ):
        with pytest.raises(InputError, match=re.escape(told)):
            check_gates([parse_gate(text, under=True)], {"clear"}, 3)
    check_gates(
        [parse_gate(text, under=True) for text in ("accuracy@clear=1", "accuracy@open=1", "pass^3=1")],
        {"clear"},
        3,
    )
