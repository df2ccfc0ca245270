"""Two problems in one message, for two queues."""

import re
from collections.abc import Sequence
from functools import cache

from agent.catalogue.view import Hit, View
from agent.language.locale import locales
from agent.language.understand import content_words
from agent.models.embedded.asking import CLOSE
from agent.records.decision import SelectQueue

OWN = 0.32
"""The score from which a part of what was said is a problem of its own."""


def two_problems(view: View, new: Sequence[str]) -> SelectQueue | None:
    """Two parts of what was said that clearly fit two different queues."""
    found: list[tuple[Hit, str]] = []
    for part in _parts(" . ".join(new)):
        hits = view.search(part, 2)
        clear = hits and hits[0].score >= OWN and (len(hits) == 1 or hits[1].score < CLOSE * hits[0].score)
        if clear and hits[0].queue.id not in [hit.queue.id for hit, _ in found]:
            found.append((hits[0], part))
    if len(found) != 2:
        return None
    (first, one), (second, two) = found
    return SelectQueue(
        queue_id=first.queue.id, summary=one, second_issue=two, second_queue_id=second.queue.id
    )


@cache
def _joints() -> re.Pattern[str]:
    words = sorted({word for locale in locales().values() for word in locale.joining})
    return re.compile(rf"[.;!?\n]+|\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


def _parts(text: str) -> list[str]:
    parts = (" ".join(part.split()).strip(" ,-") for part in _joints().split(text))
    return [part for part in parts if content_words(part)]
