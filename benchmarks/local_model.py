"""How well a small model on a server of one's own does with HANDOFF_DECISIONS=json, beside the embedded engine.

    OPENAI_BASE_URL=http://localhost:8080/v1 HANDOFF_MODEL=local python -m benchmarks.local_model
    python -m benchmarks.local_model --cases cases.jsonl --queues queues.yaml --every 1 --out runs

Plays the same cases three ways: the embedded engine alone, the model alone, and the embedded engine first with the
model only where the engine is unsure. The cases are the held ones, which nothing is tuned to; `--every 3` takes the
first, fourth, seventh … . Conversations are played one after the other, so that a server's prompt cache is of use;
the same `--out` goes on where a run was stopped. What a model was asked once is not asked again for the third way.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent.data import example_path
from agent.errors import HandoffError, InputError, ModelAnswerInvalid
from agent.models.base import Answer, Briefing, ChatModel
from agent.models.embedded import EmbeddedModel
from agent.models.openai_chat import OpenAIModel
from agent.settings import EMBEDDED, Settings
from evals.evaluation import evaluate
from evals.metrics.interval import Metric, proportion
from evals.plan import SHIPPED, Plan, make_plan
from evals.report.words import bounds, share
from evals.result import Result
from evals.run_dir import read_results
from evals.summary import Summary

Started = Callable[[str], None] | None
HALF = 0.5
"""The confidence from which the embedded engine goes without the model."""


class Remembering:
    """A model on a server that is asked the same thing once; `asked` counts every question to it."""

    def __init__(self, make: Callable[[], OpenAIModel]) -> None:
        self._make = make
        self._writer = make()  # it only says what would be asked, so it holds no connection
        self._known: dict[str, Answer | ModelAnswerInvalid] = {}
        self.name = self._writer.name
        self.asked = 0

    async def decide(self, briefing: Briefing, started: Started = None) -> Answer:
        """The server's answer."""
        self.asked += 1
        key = json.dumps(self._writer.request(briefing))
        if key not in self._known:
            self._known[key] = await self._ask(briefing, started)
        known = self._known[key]
        if isinstance(known, ModelAnswerInvalid):
            raise known
        return known

    async def _ask(self, briefing: Briefing, started: Started) -> Answer | ModelAnswerInvalid:
        # Each way has an event loop of its own, and no connection can move from one to another.
        model = self._make()
        try:
            return await model.decide(briefing, started)
        except ModelAnswerInvalid as error:
            return error
        finally:
            await model.close()

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True)
class EmbeddedFirst:
    """The embedded engine where it is sure of a queue, else the other model."""

    other: ChatModel
    embedded: EmbeddedModel = field(default_factory=EmbeddedModel)

    @property
    def name(self) -> str:
        """Both names."""
        return f"{EMBEDDED}, then {self.other.name}"

    async def decide(self, briefing: Briefing, started: Started = None) -> Answer:
        """The answer of the one or the other."""
        answer = await self.embedded.decide(briefing)
        if answer.decision.kind == "select_queue" and (answer.confidence or 0.0) >= HALF:
            return answer
        return await self.other.decide(briefing, started)

    async def close(self) -> None:
        """Close the other model."""
        await self.other.close()


@dataclass(frozen=True)
class Way:
    """One way to play the cases, and what came of it."""

    name: str
    summary: Summary
    results: Sequence[Result]

    def rows(self, queues: Iterable[str]) -> dict[str, str]:
        """Its column of the table."""
        metrics, n = self.summary.metrics, max(1, self.summary.counts["scored"])
        effort = {name: spread.total / n for name, spread in self.summary.effort.items()}
        calls = [call for result in self.results for turn in result.transcript for call in turn.calls]
        answered = [call for call in calls if not call.error or call.error.startswith("ModelAnswerInvalid")]
        valid = sum(call.error is None and (call.queue is None or call.queue in queues) for call in answered)
        waits = sorted(result.seconds / result.turns for result in self.results if result.turns)
        return {
            "valid answers": told(proportion(valid / len(answered) if answered else None, len(answered))),
            "routing accuracy": told(metrics["accuracy"]),
            "asked when vague": told(_other_way(metrics["under_asking"])),
            "not asked when clear": told(_other_way(metrics["over_asking"])),
            "everything as expected": told(metrics["correct"]),
            "model failed (conversations)": f"{self.summary.counts['degraded']} of {len(self.results)}",
            "calls, questions a case": f"{effort['model_calls']:.2f}, {effort['questions']:.2f}",
            "tokens read, written a case": f"{effort['prompt_tokens']:.0f}, {effort['completion_tokens']:.0f}",
            "seconds a turn, median": f"{waits[len(waits) // 2]:.1f}" if waits else "",
        }


def told(metric: Metric) -> str:
    """A rate with its 95 % Wilson interval."""
    return f"{share(metric)} ({bounds(metric)}, n = {metric.n})" if metric.n else "unknown"


def _other_way(metric: Metric) -> Metric:
    """The share of those that are not in `metric`."""
    if metric.value is None or metric.low is None or metric.high is None:
        return metric
    return metric.model_copy(
        update={"value": 1 - metric.value, "low": 1 - metric.high, "high": 1 - metric.low, "better": "higher"}
    )


def every(paths: Iterable[Path], step: int, to: Path) -> Path:
    """Every `step`-th case of `paths`, written to the file `to`."""
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()]
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text("\n".join(lines[::step]) + "\n", "utf-8")
    return to


def play(name: str, plan: Plan, out: Path, model: ChatModel) -> Way:
    """Play the cases in one way; each result is a dot on standard error."""
    print(f"{name}: {plan.conversations} cases ", end="", file=sys.stderr, flush=True)

    def dot(_: Result) -> None:
        print(".", end="", file=sys.stderr, flush=True)

    outcome = evaluate(plan, out, model=model, watch=dot)
    print(f" {outcome.problem or ''}", file=sys.stderr)
    return Way(name, outcome.summary, list(read_results(out)))


def main() -> int:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--queues", type=Path, default=example_path())
    parser.add_argument("--cases", type=Path, action="append", help="instead of the held cases")
    parser.add_argument("--every", type=int, default=1, help="take every Nth case")
    parser.add_argument("--out", type=Path, default=Path("eval-runs/local-model"))
    options = parser.parse_args()
    try:
        ways = measured(options)
    except HandoffError as error:
        print(error, file=sys.stderr)
        return 2
    show(ways)
    return 0


def measured(options: argparse.Namespace) -> list[tuple[Way, dict[str, str]]]:
    """The three ways, each with its column."""
    settings = Settings.from_environment()
    if settings.model == EMBEDDED:
        raise InputError(
            "set HANDOFF_MODEL to the model's name on the server, and OPENAI_BASE_URL to its address"
        )
    cases = every(options.cases or [SHIPPED[1]], options.every, options.out / "cases.jsonl")
    plan = make_plan(queues=options.queues, cases=[cases], settings=settings, concurrency=1)
    model = Remembering(
        lambda: OpenAIModel(
            settings.model,
            base_url=settings.base_url,
            api_key=settings.api_key,
            decisions="json",
            timeout=settings.timeout,
        )
    )
    found = []
    for name, plays in (
        (EMBEDDED, EmbeddedModel()),
        ("LLM", model),
        ("embedded, then LLM", EmbeddedFirst(model)),
    ):
        model.asked = 0
        way = play(name, plan, options.out / name.replace(", ", "-").replace(" ", "-"), plays)
        found.append((way, way.rows(plan.names) | {"LLM calls": str(model.asked)}))
    return found


def show(found: Sequence[tuple[Way, dict[str, str]]]) -> None:
    """Print the table."""
    day = datetime.now(UTC).date().isoformat()
    print(f"| {day} | " + " | ".join(way.name for way, _ in found) + " |")
    print("|---|" + "---|" * len(found))
    for row in found[0][1]:
        print(f"| {row} | " + " | ".join(column[row] for _, column in found) + " |")


if __name__ == "__main__":
    sys.exit(main())
