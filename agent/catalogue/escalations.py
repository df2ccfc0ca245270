"""Whether the escalations of a queue name other queues that exist, told on their lines."""

from collections.abc import Callable, Container, Iterator
from typing import Any

from agent.catalogue.reader import Path, Tree

Found = Iterator[tuple[Path, str]]


def escalations(tree: Tree, unknown: Callable[[str], str], known: Container[str]) -> Found:
    """Every entry of `escalates_to` that is no other queue's id. Works on the tree, as `check.py` does.

    `unknown` says what is wrong with an id that no queue has; `known` are the ids that there are.
    """
    queues = tree.get("queues") if isinstance(tree, dict) else None
    for index, queue in enumerate(queues if isinstance(queues, list) else ()):
        listed = queue.get("escalates_to") if isinstance(queue, dict) else None
        own = _id(queue.get("id")) if isinstance(queue, dict) else ""
        for place, entry in enumerate(listed if isinstance(listed, list) else ()):
            id_ = _id(entry)
            where: Path = ("queues", index, "escalates_to", place)
            if id_ and id_ == own:
                yield where, f'escalates_to: "{id_}" is this queue itself: write the id of another one'
            elif id_ and id_ not in known:
                yield where, f"escalates_to: {unknown(id_)}"


def _id(node: Any) -> str:
    return node.strip() if isinstance(node, str) else ""
