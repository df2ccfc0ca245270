"""From what happened to what it is worth: right queue, right outcome. `handoff eval regrade` does just this again."""

from evals.case import Case
from evals.result import Result


def judged(result: Result, case: Case | None = None) -> Result:
    """`result` with `routed` and `correct`, by what `case` expects, else by what it expected when it was played."""
    if case is not None:
        update = {"expected": case.expect, "tags": case.tags, "out_of_scope": case.out_of_scope}
        result = result.model_copy(update=update)
    if not result.scored:
        return result.model_copy(update={"routed": None, "correct": None})
    return result.model_copy(update={"routed": _routed(result), "correct": _correct(result)})


def _routed(result: Result) -> bool | None:
    expected = result.expected
    if not expected.queue:
        return None
    if result.queue is None and expected.outcome == "no_handoff":
        return None  # the person cancelled before there was a proposal
    return result.queue in expected.queue


def _correct(result: Result) -> bool:
    expected = result.expected
    return (
        result.outcome == expected.outcome
        and _routed(result) is not False
        and expected.final_queue in (None, result.final_queue)
        and expected.handoff_queue in (None, result.handoff_queue)
    )
