"""Queues as a model reads them: one line each, which no description can break out of."""

import unicodedata
from collections.abc import Iterable, Mapping

from agent.catalogue.schema import Queue
from agent.language.clean import one_line
from prompts import line

# What delimits lines, columns and sections of the prompt may not come from a text inside.
_LOOKALIKES = str.maketrans("<>|＜＞｜﹤﹥￨", "‹›/‹›/‹›/")
_EXAMPLES = 5  # more would only make the prompt longer


def quoted(text: str, limit: int = 600) -> str:
    """`text` on one line of at most `limit` characters, without delimiters and invisible characters."""
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return one_line(text, limit).translate(_LOOKALIKES)


def queue_line(queue: Queue, shown: str, *, examples: bool = True) -> str:
    """All that is needed to choose `queue`, which the model knows as `shown`, on one line."""
    about = [quoted(queue.description)]
    if queue.not_for:
        about.append(line("queue", "not_for", text=quoted(queue.not_for)))
    if queue.examples and examples:
        told = "; ".join(quoted(example, 100) for example in queue.examples[:_EXAMPLES])
        about.append(line("queue", "examples", text=told))
    if queue.languages:
        about.append(line("queue", "languages", text=quoted(", ".join(queue.languages), 100)))
    return line(
        "queue",
        "line",
        id=quoted(shown),
        name=quoted(queue.name, 100),
        description=" ".join(filter(None, about)),
    )


def queue_lines(queues: Iterable[Queue], shown: Mapping[str, str], *, examples: bool = True) -> str:
    """One line for each of `queues`; `shown` says what the model knows their ids as."""
    return "\n".join(queue_line(queue, shown[queue.id], examples=examples) for queue in queues)
