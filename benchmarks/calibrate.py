"""Fits what the embedded model decides by (`agent/retrieval/confidence.py`), never on held cases or test rows.

    python -m benchmarks.calibrate [FOLDER …]

From the openings of the shipped open cases: `enough`, whether something has to be asked. With folders of outside data
(see `outside_data`), whose train rows are routed by the descriptions alone, and by ten examples a queue where there
are more rows: `confidence`, whether the best queue is right, and FITS, the score below which it is nobody's here.
HANDOFF_SENTENCES is honoured, to see what another sentence model would want.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.catalogue.load import load
from agent.catalogue.view import Hit, Views
from agent.data import example_path
from agent.language.understand import content_words
from agent.models.choose import choose_meaning
from agent.retrieval.index import Index
from agent.retrieval.learned import Example
from agent.retrieval.vectors import Meaning
from agent.settings import EMBEDDED, Settings
from benchmarks.outside_data import OUT_OF_SCOPE, rows
from evals.case import Case
from evals.plan import SHIPPED

PENALTY = 0.1  # keeps the coefficients of so few cases small
WORDS = 8  # more say no more
EXAMPLES = 10
WEIGHT = 25  # cases of the shipped ones that a folder counts as much as


class Routed(NamedTuple):
    """What the search makes of a text. `asked`: "required", "forbidden", "allowed"; `of`: which data it is from."""

    best: float
    margin: float
    words: int
    right: bool
    asked: str = "allowed"
    of: str = "shipped"
    outside: bool = False


def _routed(scores: Sequence[float], text: str, **more: object) -> Routed:
    first, second, *_ = [*scores, 0.0, 0.0]
    words = min(len(set(content_words(text))), WORDS)
    return Routed(best=first, margin=first - second, words=words, **more)  # type: ignore[arg-type]


def openings(meaning: Meaning) -> Iterator[Routed]:
    """The openings of the shipped open cases."""
    views = Views(load(example_path()), meaning)
    for line in Path(SHIPPED[0]).read_text("utf-8").splitlines():
        case = Case.model_validate(json.loads(line))
        hits: list[Hit] = views.of(case.user.user).search(case.opening, 2)
        right = bool(hits) and hits[0].queue.id in case.expect.queue
        yield _routed([hit.score for hit in hits], case.opening, right=right, asked=case.expect.clarify)


def outside(folder: Path, examples: int, meaning: Meaning) -> Iterator[Routed]:
    """The train rows of a folder that are no examples."""
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    queues = [label for label in labels if label != OUT_OF_SCOPE]
    left = dict.fromkeys(queues, examples)
    known, asked = [], []
    for row in rows(folder / "train.jsonl"):
        if left.get(row["label"], 0):
            left[row["label"]] -= 1
            known.append(Example(row["text"], queues.index(row["label"])))
        else:
            asked.append(row)
    documents = [[(queue.replace("_", " "), 2.0), (labels[queue], 1.0)] for queue in queues]
    index = Index(documents, known, meaning)
    for row in asked:
        hits = index.search(row["text"], 2)
        right = bool(hits) and queues[hits[0][0]] == row["label"]
        name = f"{folder.name}, {examples} examples"
        yield _routed(
            [score for _, score in hits],
            row["text"],
            right=right,
            of=name,
            outside=row["label"] == OUT_OF_SCOPE,
        )


def fitted(
    x: Sequence[Sequence[float]], y: Sequence[bool], weights: Sequence[float]
) -> "NDArray[np.float64]":
    """Constant and slopes of a logistic regression, by Newton's method."""
    given, wanted, weighs = np.c_[np.ones(len(x)), np.array(x)], np.array(y, float), np.array(weights)
    slopes = np.zeros(given.shape[1])
    penalty = PENALTY * np.diag([0.0, *[1.0] * (len(slopes) - 1)])
    for _ in range(100):
        p = _logistic(given @ slopes)
        gradient = given.T @ (weighs * (p - wanted)) + penalty @ slopes
        curvature = (given * (weighs * p * (1 - p))[:, None]).T @ given + penalty + 1e-9 * np.eye(len(slopes))
        slopes -= np.linalg.solve(curvature, gradient)
    return slopes


def _logistic(x: "NDArray[np.float64]") -> "NDArray[np.float64]":
    return 1 / (1 + np.exp(-x))


def enough(found: Iterable[Routed]) -> None:
    """Fits whether nothing has to be asked, and says what each bound would do."""
    told = [one for one in found if one.words]
    x = [(one.margin, one.words) for one in told]
    slopes = fitted(x, [one.right and one.asked != "required" for one in told], [1.0] * len(told))
    print("enough: constant, margin, words:", np.round(slopes, 2))
    sure = _logistic(np.c_[np.ones(len(x)), np.array(x)] @ slopes)
    clear = np.array([one.asked == "forbidden" for one in told])
    vague = np.array([one.asked == "required" for one in told])
    print(
        f"  bound  not asked when clear ({clear.sum()})  asked when vague ({vague.sum()}, without greetings)"
    )
    for bound in (0.4, 0.5, 0.55, 0.6, 0.65, 0.7):
        print(f"  {bound:5.2f}  {np.mean(sure[clear] >= bound):.2f}  {np.mean(sure[vague] < bound):.2f}")


def confidence(found: Sequence[Routed]) -> None:
    """Fits whether the best queue is right; every source counts alike."""
    of = [one.of for one in found]
    weights = [1.0 if one.of == "shipped" else WEIGHT / of.count(one.of) for one in found]
    slopes = fitted([(one.margin, one.best) for one in found], [one.right for one in found], weights)
    print("confidence: constant, margin, best score:", np.round(slopes, 2))
    for source in dict.fromkeys(of):
        own = [one for one in found if one.of == source]
        sure = _logistic(np.array([(1.0, one.margin, one.best) for one in own]) @ slopes)
        print(
            f"  {source}: says {np.mean(sure):.2f}, is right {np.mean([one.right for one in own]):.2f}, n = {len(own)}"
        )


def fits(found: Sequence[Routed]) -> None:
    """What each score as the least that fits would do to what is nobody's."""
    for source in dict.fromkeys(one.of for one in found if one.outside):
        own = [one for one in found if one.of == source]
        print(f"out of scope, {source}: score, recall, precision")
        for bound in np.arange(0.06, 0.4, 0.02):
            below = [one.outside for one in own if one.best < bound]
            recall = sum(below) / sum(one.outside for one in own)
            print(f"  {bound:.2f}  {recall:.2f}  {np.mean(below) if below else 1:.2f}")


def main() -> None:
    """Fit, and print."""
    meaning = choose_meaning(Settings.from_environment(model=EMBEDDED))
    shipped = list(openings(meaning))
    enough(shipped)
    folders = list(map(Path, sys.argv[1:]))
    others = [one for folder in folders for count in (0, EXAMPLES) for one in outside(folder, count, meaning)]
    confidence([*(one for one in shipped if one.words), *others])
    fits(others)


if __name__ == "__main__":
    main()
