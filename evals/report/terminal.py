"""The report in the terminal: what one needs to know at a glance, and where to read on."""

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import TextIO

from rich.table import Table
from rich.text import Text

from agent.catalogue.gathered import HELD
from agent.cli.terminal import console, printable
from evals.comparison import Change, Comparison
from evals.metrics.interval import Metric
from evals.report.words import (
    EFFORT,
    METRICS,
    NOT_SCORED,
    VIOLATIONS,
    bounds,
    decision,
    expectation,
    faults,
    label,
    queue_name,
    share,
    step,
)
from evals.result import Result
from evals.run_dir import REPORT
from evals.summary import OPEN, Summary

_WIDTH = 110  # where there is no terminal that says how wide it is
_BAR = 20
_CHANGES = 15


class TerminalReport:
    """Writes tables to `stream`; colours only where a terminal has them."""

    def __init__(self, stream: TextIO) -> None:
        self._console = console(stream, _WIDTH)

    def run(self, summary: Summary, out: Path) -> None:
        """The tables of a run."""
        self._metrics(summary)
        self._slices(summary)
        self._queues(summary)
        self._confusions(summary)
        self._effort(summary)
        self._zeros(summary)
        self.say(f"Report: {out / REPORT}", "bold")
        self.say(f"What went wrong: handoff eval show {out}")

    def comparison(self, found: Comparison, names: Mapping[str, str]) -> None:
        """What got better and worse, case by case."""
        if not found.paired:
            self.say(found.verdict, "bold red")
            return
        title = (
            "Against the baseline (each over its own cases)"
            if found.gone or found.new
            else "Against the baseline"
        )
        table = _table(title, "Metric", "before", "now", "difference")
        for name, delta in found.metrics.items():
            before, after = delta.before.value, delta.after.value
            if before is None and after is None:
                continue
            moved = "" if before is None or after is None else f"{100 * (after - before):+.1f}"
            table.add_row(label(name), share(delta.before), share(delta.after), moved)
        self._console.print(table)
        for changes, word, style in ((found.worse, "worse", "red"), (found.better, "better", "green")):
            for change in changes[:_CHANGES]:
                self.say(f"  {word:6}  {_changed(change, names)}", style)
            if len(changes) > _CHANGES:
                self.say(f"  … and {len(changes) - _CHANGES} more that got {word}")
        if found.changed:
            self.say(f"Configured differently: {', '.join(found.changed)}.")
        if found.gone or found.new:
            self.say(f"{found.gone} cases are gone, {found.new} are new.")
        self.say(f"{found.verdict} ({found.paired} cases in both)", "bold")

    def faulty(self, results: Iterable[Result], names: Mapping[str, str]) -> None:
        """A line for each conversation that did not go as expected."""
        count = 0
        for result in results:
            wrong = list(faults(result, names))
            if wrong:
                count += 1
                trial = f" (trial {result.trial + 1})" if result.trial else ""
                self.say(
                    " ".join(f"{result.id}{trial} [{', '.join(result.tags)}] {'; '.join(wrong)}".split())
                )
        self.say(
            f"{count:,} did not go as expected; add an id to read one" if count else "all went as expected",
            "bold",
        )

    def conversation(self, result: Result, names: dict[str, str]) -> None:
        """One conversation, turn by turn."""
        self.say(f"{result.id} · trial {result.trial + 1} · {', '.join(result.tags)}", "bold")
        self.say(f"expected: {expectation(result.expected, names)}")
        for turn in result.transcript:
            self.say("")
            self.say(f"person> {turn.said}", "bold cyan")
            for call in turn.calls:
                self.say(f"  {decision(call, names)}", "dim")
            for text, status in turn.steps:
                self.say(f"  {step(text, status)}", "dim")
            self.say(turn.reply)
            if turn.buttons:
                self.say("  " + "  ".join(f"[{button}]" for button in turn.buttons))
            if turn.degraded:
                self.say("  the model failed in this turn", "red")
        wrong = list(faults(result, names))
        self.say("")
        self.say("; ".join(wrong) if wrong else "as expected", "red" if wrong else "green")

    def say(self, text: str, style: str = "") -> None:
        """A line of text, whatever stands in it."""
        self._console.print(Text(printable(text), style), soft_wrap=True)

    def _metrics(self, summary: Summary) -> None:
        wide = self._console.width >= _WIDTH
        table = _table("Metrics", "", "value", *_if(wide, ""), "95 % interval", "cases", *_if(wide, "name"))
        passes = [name for name, metric in summary.metrics.items() if name.startswith("pass^") and metric.n]
        for name in [*METRICS, *(passes if len(passes) > 1 else ())]:
            metric = summary.metrics[name]
            bar, own = _if(wide, _bar(metric)), _if(wide, name)
            table.add_row(label(name), share(metric), *bar, bounds(metric), f"{metric.n:,}", *own)
        self._console.print(table)

    def _slices(self, summary: Summary) -> None:
        wide = self._console.width >= _WIDTH
        shown = ("accuracy", "correct", "over_asking", "under_asking", "out_of_scope_recall")
        table = _table(
            "Slices", "", "cases", "accuracy", "all right", "over-asked", "under-asked", "OOS recall"
        )
        order = [name for name in (HELD, OPEN) if name in summary.slices]
        for name in order + [name for name in summary.slices if name not in order]:
            scores = summary.slices[name]
            table.add_row(
                printable(name),
                f"{scores.counts['cases']:,}",
                *(_brief(scores.metrics[key], wide=wide) for key in shown),
            )
        self._console.print(table)

    def _queues(self, summary: Summary) -> None:
        shown = _with_bounds if self._console.width >= _WIDTH else share
        table = _table("Queues", "", "expected", "recall", "proposed", "precision", "F1")
        for scores in summary.queues.values():
            table.add_row(
                printable(scores.name),
                f"{scores.recall.n:,}",
                shown(scores.recall),
                f"{scores.precision.n:,}",
                shown(scores.precision),
                share(scores.f1),
            )
        self._console.print(table)

    def _confusions(self, summary: Summary) -> None:
        names = summary.names
        for confusion in islice(summary.confusions, 5):
            right = queue_name(confusion.expected, names) if confusion.expected in names else "not for agents"
            found = queue_name(confusion.proposed, names)
            self.say(f"  {confusion.count} × {right} → {found}: {', '.join(confusion.cases)}", "yellow")

    def _effort(self, summary: Summary) -> None:
        parts = [
            f"{EFFORT[name].lower()} {spread.median.value:,g} / {spread.p95.value:,g}"
            for name, spread in summary.effort.items()
            if spread.median.value is not None and spread.p95.value is not None and spread.total
        ]
        if parts:
            self.say(f"Per conversation (median / 95th percentile): {', '.join(parts)}.")

    def _zeros(self, summary: Summary) -> None:
        broken = [f"{VIOLATIONS[name]}: {count}" for name, count in summary.must_be_zero.items() if count]
        if broken:
            self.say(f"Must be zero, and is not: {'; '.join(broken)}.", "bold red")
        elif summary.counts["scored"]:
            self.say(
                "No handoff without a yes, after a no, to an unknown queue or twice; nobody without a reply.",
                "green",
            )
        for key, text in NOT_SCORED.items():
            if summary.counts[key]:
                self.say(f"{summary.counts[key]:,} {text}.", "red")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", no_wrap=True)
    return table


def _if(wide: bool, text: str) -> list[str]:  # noqa: FBT001 - one question, one cell
    return [text] if wide else []


def _bar(metric: Metric) -> str:
    if metric.value is None:
        return ""
    filled = round(metric.value * _BAR)
    return "█" * filled + "·" * (_BAR - filled)


def _brief(metric: Metric, *, wide: bool) -> str:
    if metric.value is None:
        return "–"
    return f"{100 * metric.value:.0f} %" + (f" of {metric.n}" if wide else "")


def _with_bounds(metric: Metric) -> str:
    return "–" if metric.value is None else f"{share(metric)} ({bounds(metric)})"


def _changed(change: Change, names: Mapping[str, str]) -> str:
    before, after = queue_name(change.queue_before, names), queue_name(change.queue_after, names)
    queues = f", {before} → {after}" if before != after else ""
    return f"{change.id} [{', '.join(change.tags)}]: {change.before:g} → {change.after:g}{queues}"
