"""What a run comes to for who has to ship: messages for the operator, and the exit code."""

from agent.cli.notices import tell_operator
from evals.gates import Gate, failures, violations
from evals.summary import Summary

GATE_FAILED, INCOMPLETE = 1, 3


def verdict(summary: Summary, gates: list[Gate], error: str | None = None) -> int:
    """Tell the operator what keeps this from shipping; the exit code. `error` is why a conversation broke off."""
    broken, missed = list(violations(summary)), list(failures(summary, gates))
    for text in [*broken, *missed]:
        tell_operator(f"gate: {text}")
    if not summary.complete:
        tell_operator(_why_incomplete(summary, error))
    elif gates and not missed:
        tell_operator(f"gates passed: {', '.join(gate.name for gate in gates)}")
    if broken:
        return GATE_FAILED
    return INCOMPLETE if not summary.complete else GATE_FAILED if missed else 0


def _why_incomplete(summary: Summary, error: str | None) -> str:
    counts = summary.counts
    if not counts["errors"] and not counts["missing"]:
        return "incomplete: the model failed in every conversation, so nothing can be said; the same command tries again"
    broke = f"incomplete: {counts['errors']:,} conversations broke off, {counts['missing']:,} were not played"
    return f"{broke}; {error}" if error else f"{broke}; the same command plays those again"
