"""Whether the target can reach every queue, told on the queue's line."""

from collections.abc import Iterator
from typing import Any

from agent.catalogue.reader import Path, Tree

Found = Iterator[tuple[Path, str]]


def unreachable(tree: Tree) -> Found:
    """Every queue that a BeyondTrust target has no address for. Works on the tree, as `check.py` does."""
    target, queues = (tree.get("target"), tree.get("queues")) if isinstance(tree, dict) else (None, None)
    if not isinstance(target, dict) or not isinstance(queues, list):
        return
    by_link = target.get("kind") == "portal_link"
    by_key = target.get("kind") == "session_key"
    both = by_key and "on_failure" in target
    for index, queue in enumerate(queues):
        if not isinstance(queue, dict) or not (by_link or by_key):
            continue
        address = queue.get("beyondtrust", {})
        if not isinstance(address, dict):
            continue  # the schema tells it
        issue, team = _text(address, "issue"), _text(address, "team")
        numbered = issue.isdecimal()
        where: Path = ("queues", index, "beyondtrust")
        if both and (numbered or not issue):
            yield (
                where,
                f"{_label(queue, index)} needs an issue's code name, which key and portal link share{_HOW}",
            )
        elif by_link and not issue:
            yield where, f"{_label(queue, index)} has no issue, and a portal link needs one{_HOW}"
        elif by_key and not team and numbered:
            yield (
                where,
                f"{_label(queue, index)} has only an issue's number, and a session key needs its code name{_HOW}",
            )
        elif by_key and not team and not issue:
            yield (
                where,
                f"{_label(queue, index)} has neither issue nor team, and a session key needs one{_HOW}",
            )


_HOW = ": write beyondtrust: {issue: CODE}"


def _label(queue: dict[str, Any], index: int) -> str:
    name = _text(queue, "name") or _text(queue, "id")
    return f'"{name}"' if name else f"queue {index + 1}"


def _text(node: dict[str, Any], key: str) -> str:
    value = node.get(key)
    return value.strip() if isinstance(value, str) else ""
