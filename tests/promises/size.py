"""How much is played, counted in the models' answers: little in CI, much with HANDOFF_FUZZ=long (or =NUMBER)."""

import logging
import os
from collections import Counter
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

Door = Literal["boundary", "wire"]

_CI: dict[Door, int] = {"boundary": 1_000, "wire": 300}
_LONG: dict[Door, int] = {"boundary": 200_000, "wire": 5_000}
_ASKED = os.environ.get("HANDOFF_FUZZ", "")  # read before any test changes the environment

counted: Counter[str] = Counter()
"""The answers that models have given so far, by door; `conftest` prints them at the end."""

if _ASKED and _ASKED != "long" and not _ASKED.isdecimal():
    raise pytest.UsageError(f'HANDOFF_FUZZ is "{_ASKED}": give "long", or a number of model answers')


def wanted(door: Door) -> int:
    """How many answers are to be given at `door` altogether."""
    if not _ASKED:
        return _CI[door]
    return _LONG[door] if _ASKED == "long" else max(1, int(_ASKED) * _LONG[door] // _LONG["boundary"])


def play(machine: type[RuleBasedStateMachine], door: Door, share: float = 1.0) -> None:
    """Play examples of `machine` until its share of the answers has been given."""
    goal = counted[door] + round(share * wanted(door))
    examples = 5
    logging.disable(logging.CRITICAL)  # pytest would keep every line
    try:
        while counted[door] < goal:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=examples,
                    stateful_step_count=20,
                    deadline=None,
                    derandomize=False,  # else every batch would be the first one again
                    print_blob=True,
                    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
                    suppress_health_check=list(HealthCheck),
                ),
            )
            print(f"{machine.__name__}: {counted[door]:,} of {goal:,} model answers")  # noqa: T201  # with -s
            examples = min(500, 2 * examples)
    finally:
        logging.disable(logging.NOTSET)
