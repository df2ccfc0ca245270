"""Fits the embedded model's confidence (`agent/retrieval/confidence.py`) on the open eval cases, never on held ones.

    python -m benchmarks.calibrate

Prints the coefficients, and for some confidences how often a clear opening would not be asked about, a vague one
would, and how many of those that are routed are right.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.catalogue.load import load
from agent.catalogue.view import Views
from agent.data import example_path
from agent.language.understand import content_words
from evals.case import Case
from evals.plan import SHIPPED

PENALTY = 0.1  # keeps the coefficients of so few cases small


class Opening(NamedTuple):
    """What the search makes of an opening, and what is right."""

    clarify: str
    margin: float
    words: int
    right: bool


def openings() -> list[Opening]:
    """The openings of the open cases."""
    views = Views(load(example_path()))
    found = []
    for line in Path(SHIPPED[0]).read_text("utf-8").splitlines():
        case = Case.model_validate(json.loads(line))
        hits = views.of(case.user.user).search(case.opening, 2)
        scores = [*(hit.score for hit in hits), 0.0, 0.0]
        right = bool(hits) and hits[0].queue.id in case.expect.queue
        words = min(len(set(content_words(case.opening))), 8)
        found.append(Opening(case.expect.clarify, scores[0] - scores[1], words, right))
    return found


def fitted(found: Sequence[Opening]) -> "NDArray[np.float64]":
    """Constant, margin and words of a logistic regression, by Newton's method."""
    x = np.array([[1.0, opening.margin, opening.words] for opening in found])
    y = np.array([float(opening.right) for opening in found])
    weights = np.zeros(3)
    penalty = PENALTY * np.diag([0.0, 1.0, 1.0])
    for _ in range(100):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (p - y) + penalty @ weights
        weights -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty + 1e-9 * np.eye(3), slope)
    return weights


def main() -> None:
    """Fit, and print."""
    found = openings()
    weights = fitted(found)
    print("constant, margin, words:", np.round(weights, 2))
    sure = [1 / (1 + np.exp(-(weights @ [1.0, opening.margin, opening.words]))) for opening in found]
    print("confidence  not asked when clear  asked when vague  right where routed")
    for bound in (0.4, 0.5, 0.55, 0.6, 0.7, 0.8):
        clear = [p >= bound for p, o in zip(sure, found, strict=True) if o.clarify == "forbidden"]
        vague = [p < bound for p, o in zip(sure, found, strict=True) if o.clarify == "required"]
        routed = [o.right for p, o in zip(sure, found, strict=True) if p >= bound]
        shares = (float(np.mean(part)) for part in (clear, vague, routed))
        print(f"{bound:10.2f}  " + "  ".join(f"{share:18.2f}" for share in shares))


if __name__ == "__main__":
    main()
