"""The summary of a run: `summary.json`. Made of results alone; nothing in it depends on the clock."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from agent.catalogue.gathered import HELD
from evals.metrics.calibration import Calibration, Confidences
from evals.metrics.confusion import Confusion, Matrix
from evals.metrics.group import Group, Scores
from evals.metrics.interval import Metric
from evals.result import Result

OPEN = "open"
"""The slice of the cases that do not have the tag `HELD`, by which something may be tuned."""


class QueueScores(Scores):
    """The scores of the cases for which a queue was right, and how good the proposals of it were."""

    name: str
    precision: Metric
    recall: Metric
    f1: Metric


class Summary(Scores):
    """Everything that a run says about the agent. `missing` conversations were never played."""

    version: Literal[1] = 1
    configuration: dict[str, Any]
    slices: dict[str, Scores]
    queues: dict[str, QueueScores]
    confusions: tuple[Confusion, ...]
    matrix: Matrix
    calibration: Calibration | None

    @property
    def complete(self) -> bool:
        """Whether every conversation was played without an error of the machinery.

        A model that failed in all of them is one, but where its calls are made to fail (`Plan.fail_calls`).
        """
        counts = self.counts
        works = counts["degraded"] < counts["conversations"] or bool(self.configuration.get("fail_calls"))
        return works and not counts["errors"] and not counts["missing"]

    @property
    def names(self) -> dict[str, str]:
        """The queues' names by id."""
        return {id_: queue.name for id_, queue in self.queues.items()}

    def text(self) -> str:
        """As it is written to `summary.json`."""
        return self.model_dump_json(indent=1) + "\n"


def summarize(
    results: Iterable[Result], configuration: Mapping[str, Any], names: Mapping[str, str], conversations: int
) -> Summary:
    """The summary of `results`, which come in the order of the run; `names` are the queues' by id.

    `conversations` is how many there should be.
    """
    trials = configuration.get("trials", 1)
    whole, slices, queues = Group(trials), dict[str, Group](), dict[str, Group]()
    confidences = Confidences()
    for result in results:
        whole.add(result)
        for tag in dict.fromkeys((*result.tags, *(() if HELD in result.tags else (OPEN,)))):
            slices.setdefault(tag, Group(trials)).add(result)
        right = (
            result.queue if result.queue in result.expected.queue else next(iter(result.expected.queue), None)
        )
        if right:
            queues.setdefault(right, Group(trials)).add(result)
        confidences.add(result.id, result.confidence, result.routed)
    scores = whole.scores()
    nothing = Group(trials).scores()
    found = whole.confusions.queues()
    missing = max(0, conversations - scores.counts["conversations"])
    return Summary(
        counts=scores.counts | {"missing": missing},
        must_be_zero=scores.must_be_zero,
        metrics=scores.metrics,
        effort=scores.effort,
        configuration=dict(configuration),
        slices={tag: slices[tag].scores() for tag in sorted(slices)},
        queues={
            id_: QueueScores(
                name=name,
                precision=found[id_].precision,
                recall=found[id_].recall,
                f1=found[id_].f1,
                **dict(queues[id_].scores() if id_ in queues else nothing),
            )
            for id_, name in names.items()
            if id_ in found
        },
        confusions=whole.confusions.top(),
        matrix=whole.confusions.matrix(names),
        calibration=confidences.calibration(),
    )
