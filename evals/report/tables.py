"""The page's tables: metrics with their intervals, slices, queues, effort and cost."""

from collections.abc import Iterable, Sequence
from typing import Any

from agent.markup import Node, node
from evals.metrics.group import Scores
from evals.metrics.interval import Metric, Spread
from evals.report.words import EFFORT, METRICS, VIOLATIONS, bounds, label, share
from evals.summary import QueueScores, Summary

_WIDTH = 120
_SLICE_METRICS = ("accuracy", "correct", "over_asking", "under_asking", "out_of_scope_recall", "got_through")


def table(head: Sequence[str], rows: Iterable[Sequence[Node | str]], caption: str) -> Node:
    """A table whose first column names the rows; it scrolls by itself where the window is narrow."""
    return node(
        "div",
        node(
            "table",
            node("caption", caption),
            node("thead", node("tr", *(node("th", text, scope="col") for text in head))),
            node(
                "tbody",
                *(
                    node("tr", node("th", row[0], scope="row"), *(node("td", cell) for cell in row[1:]))
                    for row in rows
                ),
            ),
        ),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def bar(metric: Metric) -> Node:
    """A proportion's interval as a picture: the line is where the true value is."""
    if metric.value is None or metric.low is None or metric.high is None:
        return node("span", "–")
    at = [round(_WIDTH * value, 1) for value in (metric.low, metric.value, metric.high)]
    return node(
        "svg",
        node("line", x1=0, x2=_WIDTH, y1=8, y2=8, class_="axis"),
        node("line", x1=at[0], x2=at[2], y1=8, y2=8, class_="interval"),
        node("circle", cx=at[1], cy=8, r=4, class_="value"),
        viewBox=f"-5 0 {_WIDTH + 10} 16",
        width=_WIDTH + 10,
        height=16,
        role="img",
        aria_label=f"{share(metric)}, between {bounds(metric)}",
    )


def metrics(summary: Summary) -> Node:
    """Every metric of the whole run."""
    rows = [
        (label(name), share(metric), bar(metric), bounds(metric), f"{metric.n:,}")
        for name, metric in sorted(summary.metrics.items(), key=lambda item: _place(item[0]))
    ]
    return table(("Metric", "Value", "", "95 % interval", "Cases"), rows, "Metrics")


def zeros(summary: Summary) -> Node:
    """What must never happen."""
    rows = [
        (VIOLATIONS[name], node("strong", f"{count:,}", class_="bad" if count else "good"))
        for name, count in summary.must_be_zero.items()
    ]
    return table(("Must be zero", "Count"), rows, "Counts that must be zero")


def slices(groups: dict[str, Scores], caption: str) -> Node:
    """A row for each slice."""
    rows: list[Sequence[Node | str]] = [
        (name, f"{scores.counts['cases']:,}", *(_cell(scores.metrics[metric]) for metric in _SLICE_METRICS))
        for name, scores in groups.items()
    ]
    return table(("Slice", "Cases", *map(label, _SLICE_METRICS)), rows, caption)


def queues(groups: dict[str, QueueScores]) -> Node:
    """A row for each queue."""
    rows = [
        (
            scores.name,
            f"{scores.recall.n:,}",
            _cell(scores.recall),
            f"{scores.precision.n:,}",
            _cell(scores.precision),
            node("span", share(scores.f1), class_="nowrap"),
            _cell(scores.metrics["over_asking"]),
            _cell(scores.metrics["under_asking"]),
        )
        for scores in groups.values()
    ]
    head = ("Queue", "Expected", "Recall", "Proposed", "Precision", "F1")
    asking = (label("over_asking"), label("under_asking"))
    return table((*head, *asking), rows, "Queues")


def effort(summary: Summary, times: dict[str, Any]) -> Node:
    """What a conversation takes, and what the run took."""
    spreads = {EFFORT[name]: spread for name, spread in summary.effort.items()}
    if times.get("seconds"):
        spreads["Seconds of waiting"] = Spread.model_validate(times["seconds"])
    rows = [
        (name, _number(spread.median), _number(spread.p95), f"{spread.total:,.10g}")
        for name, spread in spreads.items()
    ]
    return table(("Per conversation", "Median", "95th percentile", "In all"), rows, "Effort")


def cost(summary: Summary, prices: Sequence[float] | None) -> Node:
    """Tokens and money, by slice."""
    groups: dict[str, Scores] = {"all": summary, **summary.slices}
    head = ["Slice", "Conversations", "Model calls", "Tokens read", "Tokens written"]
    rows = []
    for name, scores in groups.items():
        read, written = (scores.effort[key].total for key in ("prompt_tokens", "completion_tokens"))
        calls, n = scores.effort["model_calls"].total, scores.counts["scored"]
        row = [name, f"{n:,}", f"{calls:,.0f}", f"{read:,.0f}", f"{written:,.0f}"]
        if prices:
            money = (read * prices[0] + written * prices[1]) / 1_000_000
            row += [f"{money:,.4f}", f"{money / n:,.6f}" if n else "–"]
        rows.append(row)
    return table([*head, *(["Cost", "Per conversation"] if prices else [])], rows, "Cost")


def _cell(metric: Metric) -> Node:
    if metric.value is None:
        return node("span", "–", class_="none")
    return node(
        "span",
        node("span", share(metric), class_="nowrap"),
        node("span", f" of {metric.n:,}", class_="small"),
        bar(metric),
        title=f"between {bounds(metric)}",
    )


def _number(metric: Metric) -> str:
    if metric.value is None:
        return "–"
    return f"{metric.value:,.6g} ({metric.low:,.6g} – {metric.high:,.6g})"


def _place(name: str) -> int:
    order = list(METRICS)
    return order.index(name) if name in order else len(order)
