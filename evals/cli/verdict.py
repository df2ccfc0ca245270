"""What a run comes to for who has to ship: messages for the operator, and the exit code."""

from agent.cli.notices import tell_operator
from evals.gates import Gate, failures, violations
from evals.summary import Summary

GATE_FAILED, INCOMPLETE = 1, 3


def verdict(summary: Summary, gates: list[Gate]) -> int:
    """Tell the operator what keeps this from shipping; the exit code."""
    broken, missed = list(violations(summary)), list(failures(summary, gates))
    for text in [*broken, *missed]:
        tell_operator(f"gate: {text}")
    if not summary.complete:
        tell_operator(_why_incomplete(summary))
    if broken:
        return GATE_FAILED
    return INCOMPLETE if not summary.complete else GATE_FAILED if missed else 0


def _why_incomplete(summary: Summary) -> str:
    """What keeps a run from being complete."""
    counts = summary.counts
    if counts["errors"] or counts["missing"]:
        return (
            f"incomplete: {counts['errors']} conversations broke off, {counts['missing']} were not played; "
            "the same command plays those again"
        )
    return "incomplete: the model failed in every conversation, so nothing can be said about it"
