"""Outcomes added up for each queue, for the terminal and as JSON. Shares have their 95 % interval."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TextIO

from rich.table import Table
from rich.text import Text

from agent.catalogue.schema import Queue
from agent.cli.terminal import console, printable
from agent.outcomes.misroutes import Misroute
from agent.outcomes.outcome import Outcome
from agent.records.base import Record
from evals.metrics.interval import Metric, Spread, spread
from evals.metrics.rate import Rate

_WIDTH = 130  # where there is no terminal that says how wide it is
_SHOWN = 20
UNKNOWN = "no queue that is known"


class Row(Record):
    """The handoffs to one queue, or to a team's queues where it cannot be told to which (`queue` None).

    `taken_first`: taken first by the team that answers it; of those that are decided and whose team is known.
    `abandoned` is of those decided, `transferred` (away from the first team) of all. `wait` is seconds, of those taken.
    """

    queue: str | None
    name: str
    handoffs: int
    taken_first: Metric
    transferred: Metric
    abandoned: Metric
    wait: Spread
    misroutes: int


class Summary(Record):
    """All there is to show; `incomplete` says why something is missing."""

    since: datetime
    until: datetime
    handoffs: int
    other_sessions: int
    queues: tuple[Row, ...]
    misroutes: tuple[Misroute, ...]
    incomplete: str | None = None


def rows(
    outcomes: Iterable[Outcome], misroutes: Iterable[Misroute], queues: Mapping[str, Queue]
) -> tuple[Row, ...]:
    """A row for each queue that got a handoff, the one with most first."""
    groups: dict[tuple[str | None, str], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(_key(outcome, queues), []).append(outcome)
    wrong = Counter(_key(misroute.outcome, queues) for misroute in misroutes)
    made = [_row(key, own, wrong[key]) for key, own in groups.items()]
    return tuple(sorted(made, key=lambda row: (-row.handoffs, row.name)))


def _key(outcome: Outcome, queues: Mapping[str, Queue]) -> tuple[str | None, str]:
    if outcome.queue is not None:
        return outcome.queue, queues[outcome.queue].name
    return None, outcome.team or UNKNOWN


def _row(key: tuple[str | None, str], outcomes: Sequence[Outcome], misroutes: int) -> Row:
    first, away, left = Rate(), Rate("lower"), Rate("lower")
    for outcome in outcomes:
        id_ = outcome.session
        own = outcome.taken and outcome.first_team == outcome.team
        first.add(id_, own if outcome.decided and outcome.team else None)
        away.add(id_, bool(outcome.transfers))
        left.add(id_, outcome.abandoned if outcome.decided else None)
    waits = Counter(float(outcome.wait) for outcome in outcomes if outcome.wait is not None)
    return Row(
        queue=key[0],
        name=key[1],
        handoffs=len(outcomes),
        taken_first=first.metric(),
        transferred=away.metric(),
        abandoned=left.metric(),
        wait=spread(waits),
        misroutes=misroutes,
    )


class OutcomeTables:
    """Writes to `stream`; colours only where a terminal has them."""

    def __init__(self, stream: TextIO) -> None:
        self._console = console(stream, _WIDTH)

    def show(self, summary: Summary, names: Mapping[str, Queue]) -> None:
        """The table of queues, and the misroutes."""
        days = f"{summary.since:%Y-%m-%d %H:%M} to {summary.until:%Y-%m-%d %H:%M} UTC"
        if not summary.handoffs:
            self._say(f"No handoff from {days}.")
            return
        table = Table(title=f"Handoffs from {days}", title_justify="left", box=None, pad_edge=False)
        table.add_column("")
        for column in (
            "handoffs",
            "taken by its team first",
            "transferred",
            "abandoned",
            "wait",
            "misroutes",
        ):
            table.add_column(column, justify="right")
        for row in summary.queues:
            table.add_row(
                printable(row.name),
                f"{row.handoffs:,}",
                _share(row.taken_first),
                _share(row.transferred),
                _share(row.abandoned),
                _wait(row.wait),
                f"{row.misroutes:,}" if row.misroutes else "",
            )
        self._console.print(table)
        self._say(
            "Shares in per cent with their 95 % interval; wait: median / 95th percentile of those taken.",
            "dim",
        )
        for misroute in summary.misroutes[:_SHOWN]:
            self._say(f"  {_told(misroute, names)}", "yellow")
        if (more := len(summary.misroutes) - _SHOWN) > 0:
            self._say(f"  … and {more:,} more misroutes")

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(Text(printable(text), style), soft_wrap=True)


def _share(metric: Metric) -> str:
    if metric.value is None or metric.low is None or metric.high is None:
        return "–"
    value, low, high = (100 * part for part in (metric.value, metric.low, metric.high))
    return f"{value:.0f} % ({low:.0f} – {high:.0f}, n = {metric.n:,})"


def _wait(wait: Spread) -> str:
    if wait.median.value is None or wait.p95.value is None:
        return "–"
    return f"{_minutes(wait.median.value)} / {_minutes(wait.p95.value)}"


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _told(misroute: Misroute, names: Mapping[str, Queue]) -> str:
    outcome = misroute.outcome
    to = names[outcome.queue].name if outcome.queue else outcome.team
    return f"{outcome.reference}: handed to {to}, taken over by {misroute.to_team} after {_minutes(misroute.after)}"
