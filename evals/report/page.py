"""`report.html`: the whole run on one page that needs no network."""

from collections.abc import Iterable
from typing import Any

from agent.catalogue.gathered import HELD
from agent.markup import Node, node
from evals.comparison import Change, Comparison
from evals.report import figures, tables, talks
from evals.report.markup import document
from evals.report.words import NOT_SCORED, bounds, label, queue_name, share
from evals.result import Result
from evals.summary import OPEN, Summary

_CARDS = ("accuracy", "macro_f1", "out_of_scope_recall", "over_asking", "under_asking", "got_through")


def page(
    summary: Summary,
    results: Iterable[Result],
    times: dict[str, Any],
    comparison: Comparison | None,
    name: str = "",
) -> str:
    """The page as HTML, for the run called `name`. What people and models wrote stands in it as text."""
    names = summary.names
    halves = {name: summary.slices[name] for name in (HELD, OPEN) if name in summary.slices}
    places: set[str] = set()
    conversations = talks.failing(results, names, places)
    others = {name: scores for name, scores in summary.slices.items() if name not in halves}
    sections = {
        "Metrics": node("div", tables.metrics(summary), tables.zeros(summary)),
        **({"Comparison": _comparison(comparison, names, places)} if comparison else {}),
        "Slices": node(
            "div",
            tables.slices(halves, "Held back and open") if halves else None,
            tables.slices(others, "Slices"),
        ),
        "Queues": tables.queues(summary.queues),
        "Confusions": node(
            "div",
            figures.heat_map(summary.matrix, names),
            figures.confusions(summary.confusions, names, places),
        ),
        "Confidence": figures.calibration(summary.calibration),
        "Effort and cost": node(
            "div",
            tables.effort(summary, times),
            tables.cost(summary, times.get("prices")) if summary.effort["prompt_tokens"].total else None,
        ),
        "Conversations": conversations,
        "Configuration": _configuration(summary),
    }
    links = [node("a", title, href=f"#{_anchor(title)}") for title in sections]
    body = node(
        "body",
        node("a", "Skip to the conversations", href="#conversations", class_="skip"),
        node(
            "header",
            node("h1", f"Routing report {name}".strip()),
            node("p", _sentence(summary)),
            node("nav", *links),
        ),
        node(
            "main",
            node("div", *(_card(name, summary) for name in _CARDS), class_="cards"),
            *(
                node("section", node("h2", title), content, id=_anchor(title))
                for title, content in sections.items()
            ),
        ),
    )
    return document(f"Routing report {name} · {summary.configuration['model']}".replace("  ", " "), body)


def _sentence(summary: Summary) -> str:
    counts, configuration = summary.counts, summary.configuration
    played = (
        f"{counts['cases']:,} cases, {counts['conversations']:,} conversations, {counts['scored']:,} scored"
    )
    parts = [f"Model {configuration['model']}, {played}"]
    parts += [f"{counts[key]:,} {text}" for key, text in NOT_SCORED.items() if counts[key]]
    return "; ".join(parts) + ("." if summary.complete else ". This run is not complete.")


def _card(name: str, summary: Summary) -> Node:
    metric = summary.metrics[name]
    return node(
        "div",
        node("h3", label(name)),
        node("p", share(metric), class_="big"),
        tables.bar(metric),
        node(
            "p",
            f"{bounds(metric)} · n = {metric.n:,}" if metric.value is not None else "no case",
            class_="small",
        ),
        class_="card",
    )


def _comparison(found: Comparison, names: dict[str, str], places: set[str]) -> Node:
    changed = f"Configured differently: {', '.join(found.changed)}." if found.changed else ""
    left = f" {found.gone} cases are gone, {found.new} are new." if found.gone or found.new else ""
    rows = [
        (
            label(name),
            share(delta.before),
            share(delta.after),
            _difference(delta.before.value, delta.after.value),
        )
        for name, delta in found.metrics.items()
    ]
    return node(
        "div",
        node("p", node("strong", found.verdict), f" {found.paired:,} cases in both. {changed}{left}"),
        tables.table(("Metric", "Before", "After", "Difference"), rows, "Both runs"),
        _changes(found.worse, "Worse", names, places),
        _changes(found.better, "Better", names, places),
    )


def _changes(
    changes: tuple[Change, ...], caption: str, names: dict[str, str], places: set[str]
) -> Node | None:
    rows = [
        (
            figures.link(change.id, places),
            ", ".join(change.tags),
            queue_name(change.queue_before, names),
            queue_name(change.queue_after, names),
        )
        for change in changes
    ]
    return (
        tables.table(("Case", "Slices", "Proposed before", "Proposed now"), rows, caption) if rows else None
    )


def _difference(before: float | None, after: float | None) -> str:
    return "–" if before is None or after is None else f"{100 * (after - before):+.1f}"


def _configuration(summary: Summary) -> Node:
    rows = [(name, str(value)) for name, value in summary.configuration.items() if value not in (None, [])]
    return tables.table(("Setting", "Value"), rows, "What the result depends on")


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
