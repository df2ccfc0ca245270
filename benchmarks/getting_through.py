"""Whether a person who wants a human gets one offered while the model's calls fail at random: the table of the docs.

    python -m benchmarks.getting_through OUT [--trials K]

The shipped cases are played with no call, a tenth, half and all of them failing (`handoff eval --fail-calls`): with the
embedded model, and with a server on loopback that knows databases and asks about everything else. OUT keeps the runs;
the same command goes on with them. Exit code 1 where somebody was not offered a human.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.cli.notices import warnings_on_stderr
from agent.data import example_path
from agent.settings import EMBEDDED, Settings
from benchmarks.model_server import running
from evals.evaluation import evaluate
from evals.metrics.interval import Metric
from evals.metrics.rate import Rate
from evals.plan import SHIPPED, make_plan
from evals.run_dir import read_results

SHARES = (0.0, 0.1, 0.5, 1.0)
HEAD = """\
| model | calls that fail | got a proposal, of those who want a human | and a chat | right queue | \
questions, mean / most | model failed in | must be zero |
|---|---|---|---|---|---|---|---|"""


def row(name: str, settings: Settings, share: float, trials: int, out: Path) -> tuple[str, bool]:
    """A line of the table, and whether everybody got through."""
    plan = make_plan(
        queues=example_path(),
        cases=SHIPPED,
        settings=settings,
        fail_calls=share,
        trials=trials,
        concurrency=32,
    )
    outcome = evaluate(plan, out)
    if outcome.problem or not outcome.summary.complete:
        sys.exit(f"{out}: incomplete: {outcome.problem}")
    chat, right, questions = Rate(), Rate(), Counter[int]()
    for result in read_results(out):
        if result.expected.outcome == "handoff":
            chat.add(result.id, result.outcome == "handoff")
        # Unlike the metric `accuracy`, with the conversations in which the model failed.
        if result.expected.queue and (result.queue or result.expected.outcome == "handoff"):
            right.add(result.id, result.queue in result.expected.queue)
        questions[result.questions] += 1
    metrics, broken = outcome.summary.metrics, sum(outcome.summary.must_be_zero.values())
    mean = sum(number * times for number, times in questions.items()) / questions.total()
    cells = [
        name,
        f"{100 * share:.0f} %",
        _told(metrics["got_through"]),
        _told(chat.metric()),
        _told(right.metric()),
        f"{mean:.2f} / {max(questions)}",
        f"{100 * (metrics['degraded'].value or 0):.1f} %",
        str(broken),
    ]
    return f"| {' | '.join(cells)} |", metrics["got_through"].value == 1 and not broken


def _told(metric: Metric) -> str:
    if metric.value is None or metric.low is None or metric.high is None:
        return "unknown"
    low, high = 100 * metric.low, 100 * metric.high
    return f"{100 * metric.value:.1f} % ({low:.1f} – {high:.1f}, n = {metric.n})"


@contextmanager
def models() -> Iterator[dict[str, Settings]]:
    """What is measured, by name."""
    with running(latency=0.0) as url:
        yield {
            "embedded": Settings(model=EMBEDDED),
            "a server": Settings(model="bench", base_url=url, api_key="none"),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--trials", type=int, default=1, help="times that every case is played")
    options = parser.parse_args()
    everybody = True
    print(HEAD)
    with warnings_on_stderr(), models() as measured:
        for name, settings in measured.items():
            for share in SHARES:
                folder = options.out / f"{name.split()[-1]}-{share:g}"
                line, through = row(name, settings, share, options.trials, folder)
                everybody &= through
                print(line, flush=True)
    sys.exit(not everybody)


if __name__ == "__main__":
    main()
