"""How numbers and outcomes are called, in the terminal and on the page alike."""

from collections.abc import Iterator, Mapping

from evals.case import Expect
from evals.metrics.confusion import NONE
from evals.metrics.interval import Metric
from evals.result import Call, Result

METRICS = {
    "accuracy": "Routing accuracy (first proposal)",
    "macro_f1": "Macro-F1 over the queues",
    "correct": "Everything as expected",
    "out_of_scope_recall": "Out of scope: recall",
    "out_of_scope_precision": "Out of scope: precision",
    "over_asking": "Asked though it was clear",
    "under_asking": "Not asked though it was vague",
    "before_asking": "Where asked: right before",
    "after_asking": "Where asked: right after",
    "got_through": "People who got a proposal",
    "degraded": "The model failed",
}
EFFORT = {
    "questions": "Questions",
    "turns": "Turns",
    "model_calls": "Model calls",
    "prompt_tokens": "Tokens read",
    "completion_tokens": "Tokens written",
}
VIOLATIONS = {
    "handoff_without_yes": "handoff without a yes",
    "handoff_after_no": "handoff after a no",
    "handoff_to_unknown_queue": "handoff to an unknown queue",
    "handoff_twice": "two handoffs for one proposal",
    "handoff_elsewhere": "a link to another address",
    "no_reply": "a person left without a reply",
}

NOT_SCORED = {
    "degraded": "in which the model failed",
    "user_faults": "in which the played person failed",
    "errors": "broken off",
    "missing": "not played",
}


def label(name: str) -> str:
    """A metric's name for people."""
    return METRICS.get(name, name)


def share(metric: Metric) -> str:
    """A proportion in per cent."""
    return "unknown" if metric.value is None else f"{100 * metric.value:.1f} %"


def bounds(metric: Metric) -> str:
    """Its interval in per cent."""
    if metric.low is None or metric.high is None:
        return ""
    return f"{100 * metric.low:.1f} – {100 * metric.high:.1f}"


def queue_name(id_: str | None, names: Mapping[str, str]) -> str:
    """A queue as people know it."""
    return "no proposal" if id_ in (None, NONE) else names.get(str(id_), str(id_))


def expectation(expected: Expect, names: Mapping[str, str]) -> str:
    """What was expected, in a sentence."""
    right = " or ".join(queue_name(id_, names) for id_ in expected.queue) or "no queue"
    then = (
        f"; in the end {queue_name(expected.final_queue, names)}" if expected.final_queue else "",
        f"; landing in {queue_name(expected.handoff_queue, names)}" if expected.handoff_queue else "",
    )
    return f"{expected.outcome.replace('_', ' ')}, {right}{''.join(then)}; a question is {expected.clarify}"


def decision(call: Call, names: Mapping[str, str]) -> str:
    """What the model decided, or how it failed."""
    if call.error:
        return f"model: {call.error}"
    sure = f" (confidence {call.confidence:.2f})" if call.confidence is not None else ""
    named = f" {queue_name(call.queue, names)}" if call.queue else ""
    text = f": {call.text}" if call.text else ""
    return f"model: {call.decision}{named}{sure}{text}"


def step(text: str, status: str) -> str:
    """A reasoning step as it is shown to the person."""
    return f"{ {'success': '✓', 'error': '✗'}.get(status, '…') } {text}"


def faults(result: Result, names: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a conversation, a phrase each; none where all is well."""
    yield from (VIOLATIONS[name] for name in result.violations)
    if result.error is not None:
        yield f"broke off: {result.error}"
    elif result.user_faults:
        yield "the played person failed"
    elif result.degraded:
        yield "the model failed"
    else:
        yield from _misrouted(result, names)
        if result.over_asked:
            yield "asked though it was clear"
        if result.under_asked:
            yield "not asked though it was vague"


def _misrouted(result: Result, names: Mapping[str, str]) -> Iterator[str]:
    expected = result.expected
    if result.routed is False:
        right = " or ".join(queue_name(id_, names) for id_ in expected.queue)
        yield f"proposed {queue_name(result.queue, names)} instead of {right}"
    if result.outcome != expected.outcome:
        yield "no handoff" if expected.outcome == "handoff" else "a handoff that should not be"
        return
    for wanted, came, what in (
        (expected.final_queue, result.final_queue, "proposed in the end"),
        (expected.handoff_queue, result.handoff_queue, "landed in"),
    ):
        if wanted not in (None, came):
            yield f"{what}: {queue_name(came, names)} instead of {queue_name(wanted, names)}"
