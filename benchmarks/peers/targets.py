"""What we want to be against what is measured in the same run, and the table that says whether we are."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

from benchmarks.measures import Measure, Measures

Results = dict[str, Any]
Rows = Sequence[float]

FRAMEWORKS = ("openai_agents_chat", "pydantic_ai_chat", "langgraph_agent")
TWO = "raw_openai_two"


class Target(NamedTuple):
    """`value` of ours over that of `other` (itself, where there is no other), round by round, and its bound."""

    what: str
    other: str | None
    value: Callable[[Results], Rows]
    bound: float
    at_least: bool = False


def _phase(phase: str, key: str) -> Callable[[Results], Rows]:
    return lambda one: [row[key] for row in one[phase]["rounds"]]


def _import(one: Results) -> Rows:
    return [one["import"]["import_cpu_ms"]["median"]]


REQUESTS, CHARS = _phase("seq", "requests_per_conv"), _phase("seq", "prompt_chars_per_conv")
CPU, SPEED = _phase("seq", "cpu_ms_per_conv"), _phase("lat", "conv_per_s")
MEMORY = _phase("seq", "peak_rss_mb")
TARGETS = [
    Target("requests a conversation", None, REQUESTS, 2),
    Target("prompt characters", TWO, CHARS, 1.2),
    Target("client CPU", TWO, CPU, 1.5),
    Target("conversations/s, 300 ms, 200 at once", TWO, SPEED, 0.75, at_least=True),
    *(Target("client CPU", name, CPU, 0.25) for name in FRAMEWORKS),
    *(Target("memory", name, MEMORY, 1.0) for name in FRAMEWORKS),
    Target("`import agent` / `import openai`, CPU", "raw_openai", _import, 0.3),
]


SHOWN: list[tuple[str, str, Callable[[Results], Rows], dict[str, Any]]] = [
    ("model requests a conversation", "", REQUESTS, {}),
    ("prompt of a conversation", "characters", CHARS, {}),
    ("client CPU a conversation", "ms", CPU, {"timed": True}),
    ("conversations a second, 300 ms, 200 at once", "/s", SPEED, {"timed": True, "better": "more"}),
    ("memory at most, 200 conversations", "MB", MEMORY, {}),
    ("import, CPU", "ms", _import, {"timed": True}),
]


def measures(results: Results) -> Measures:
    """All implementations side by side."""
    return [
        Measure(name=name, unit=unit, values=tuple(value(one)), series=who, **more)
        for name, unit, value, more in SHOWN
        for who, one in results["impls"].items()
    ]


def table(results: Results) -> tuple[str, bool]:
    """A Markdown table of all targets whose peers were measured, and whether any is missed."""
    measured, missed = results["impls"], False
    lines = ["| what | against | ours, median (min–max) | target | |", "|---|---|---|---|---|"]
    for target in TARGETS:
        if target.other and target.other not in measured:
            continue
        mine = target.value(measured["ours"])
        others = target.value(measured[target.other]) if target.other else [1.0] * len(mine)
        ratios = [one / other for one, other in zip(mine, others, strict=False)]
        middle = median(ratios)
        good = middle >= target.bound if target.at_least else middle <= target.bound
        missed = missed or not good
        sign, unit = ("≥" if target.at_least else "≤"), ("×" if target.other else "")
        spread = f"{middle:.2f}{unit} ({min(ratios):.2f}–{max(ratios):.2f})"
        said = "" if good else "missed"
        lines.append(
            f"| {target.what} | {target.other or ''} | {spread} | {sign} {target.bound}{unit} | {said} |"
        )
    return "\n".join(lines), missed
