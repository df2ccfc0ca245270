"""The eval suite: plays conversations against the agent, and scores it.

    from pathlib import Path
    from agent.settings import Settings
    from evals import evaluate, make_plan

    plan = make_plan(queues=Path("queues.yaml"), cases=[Path("cases.jsonl")], settings=Settings.from_environment())
    outcome = evaluate(plan, Path("out"))
    outcome.summary.metrics["accuracy"]  # value, low, high, n

`handoff eval` is the same on the command line.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evals.case import Case
    from evals.comparison import Comparison, compare
    from evals.evaluation import Outcome, evaluate, regrade
    from evals.metrics.interval import Metric
    from evals.plan import SHIPPED, Plan, make_plan
    from evals.result import Result
    from evals.run_dir import read_results, read_summary
    from evals.summary import Summary

__all__ = [
    "SHIPPED",
    "Case",
    "Comparison",
    "Metric",
    "Outcome",
    "Plan",
    "Result",
    "Summary",
    "compare",
    "evaluate",
    "make_plan",
    "read_results",
    "read_summary",
    "regrade",
]

_HOMES = {
    "evals.case": ["Case"],
    "evals.comparison": ["Comparison", "compare"],
    "evals.evaluation": ["Outcome", "evaluate", "regrade"],
    "evals.metrics.interval": ["Metric"],
    "evals.plan": ["SHIPPED", "Plan", "make_plan"],
    "evals.result": ["Result"],
    "evals.run_dir": ["read_results", "read_summary"],
    "evals.summary": ["Summary"],
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, as `agent` does."""
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = value = getattr(import_module(home), name)
            return value
    raise AttributeError(f"module 'evals' has no attribute {name!r}")
