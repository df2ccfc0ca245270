"""What the schema cannot see: whether the parts of a catalogue fit together.

It works on the tree as it was read, so that these mistakes are told along with those of the schema.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.catalogue.addresses import unreachable
from agent.catalogue.escalations import escalations
from agent.catalogue.reader import Lines, Path, Tree
from agent.errors import Mistake


@dataclass(frozen=True, slots=True)
class _Row:
    """What of a queue is needed here; what is missing or of a wrong type is empty."""

    path: Path
    id: str
    name: str
    fallback: str
    calendar: str
    has_hours: bool
    only_for: Mapping[str, frozenset[str]]

    @property
    def label(self) -> str:
        return f'"{self.name or self.id}"'


def cross_check(tree: Tree, lines: Lines) -> list[Mistake]:
    """Every mistake between the parts: ids, the default queue, calendars, fallbacks, what the target needs."""
    rows = [_row(node, index) for index, node in enumerate(_list(tree, "queues")) if isinstance(node, dict)]
    by_id: dict[str, _Row] = {}
    for row in rows:
        by_id.setdefault(row.id, row)
    by_id.pop("", None)
    ids_by_name = {row.name.lower(): row.id for row in rows}
    found = [
        *_duplicates(rows, by_id, lines),
        *_default(_text(tree, "default_queue"), by_id, ids_by_name),
        *_calendars(rows, tree.get("calendars") if isinstance(tree, dict) else None),
        *_fallbacks(rows, by_id, ids_by_name),
        *_circles(by_id),
        *escalations(tree, lambda id_: _unknown_queue(id_, ids_by_name), by_id),
        *unreachable(tree),
    ]
    return [Mistake(lines.at(path), text) for path, text in found]


Found = Iterator[tuple[Path, str]]


def _duplicates(rows: Sequence[_Row], by_id: Mapping[str, _Row], lines: Lines) -> Found:
    for row in rows:
        if row.id and by_id[row.id] is not row:
            line = lines.at((*by_id[row.id].path, "id"))
            yield (
                (*row.path, "id"),
                f'the id "{row.id}" stands on line {line} already: every queue has its own',
            )


def _default(id_: str, by_id: Mapping[str, _Row], ids_by_name: Mapping[str, str]) -> Found:
    if not id_:
        return
    default = by_id.get(id_)
    if not default:
        yield ("default_queue",), f"default_queue: {_unknown_queue(id_, ids_by_name)}"
        return
    has = {"hours": default.has_hours, "calendar": default.calendar, "only_for": default.only_for}
    for key in (key for key, there in has.items() if there):
        problem = f"the default queue {default.label} has {key}, but everybody must reach it at any time"
        yield (*default.path, key), f"{problem}: take {key} away, or choose another default_queue"


def _calendars(rows: Sequence[_Row], calendars: Any) -> Found:
    names = calendars if isinstance(calendars, dict) else {}
    listed = ", ".join(list(names)[:10]) or "there are none"
    for row in rows:
        if row.calendar and row.calendar not in names:
            yield (
                (*row.path, "calendar"),
                f'unknown calendar "{row.calendar}": use one of calendars ({listed})',
            )
        if row.calendar and row.has_hours:
            yield (*row.path, "hours"), f"queue {row.label} has both calendar and hours: keep one of them"


def _fallbacks(rows: Sequence[_Row], by_id: Mapping[str, _Row], ids_by_name: Mapping[str, str]) -> Found:
    for row in rows:
        fallback = by_id.get(row.fallback)
        if row.fallback and not fallback:
            yield (*row.path, "fallback"), f"fallback: {_unknown_queue(row.fallback, ids_by_name)}"
        elif fallback and not _seen_by_all_of(fallback, row):
            problem = f"some who see {row.label} may not see its fallback {fallback.label}"
            yield (*row.path, "fallback"), f"{problem}: choose one whose only_for lets the same people in"


def _seen_by_all_of(fallback: _Row, row: _Row) -> bool:
    return all(
        key in row.only_for and row.only_for[key] <= values for key, values in fallback.only_for.items()
    )


def _circles(by_id: Mapping[str, _Row]) -> Found:
    done: set[str] = set()
    for row in by_id.values():
        trail: dict[str, _Row] = {}
        step: _Row | None = row
        while step and step.id not in done and step.id not in trail:
            trail[step.id] = step
            step = by_id.get(step.fallback)
        if step and step.id in trail:
            ids = list(trail)
            circle = [trail[id_].label for id_ in ids[ids.index(step.id) :]]
            shown = circle if len(circle) <= 5 else [*circle[:4], "…"]
            way = " → ".join([*shown, circle[0]])
            yield (*step.path, "fallback"), f"circular fallback: {way}; end it at a queue that has none"
        done.update(trail)


def _unknown_queue(id_: str, ids_by_name: Mapping[str, str]) -> str:
    if named := ids_by_name.get(id_.lower()):
        return f'"{id_}" is the name of a queue: write its id, {named}'
    return f'there is no queue with the id "{id_}": write the id of one in queues'


def _row(node: Tree, index: int) -> _Row:
    only_for = node.get("only_for")
    return _Row(
        path=("queues", index),
        id=_text(node, "id"),
        name=_text(node, "name"),
        fallback=_text(node, "fallback"),
        calendar=_text(node, "calendar"),
        has_hours="hours" in node,
        only_for={
            # A single text is a mistake of the schema; what is meant is clear.
            key.strip(): frozenset(
                str(value).strip() for value in ([values] if isinstance(values, str) else values)
            )
            for key, values in (only_for if isinstance(only_for, dict) else {}).items()
        },
    )


def _text(node: Tree, key: str) -> str:
    value = node.get(key) if isinstance(node, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _list(node: Tree, key: str) -> list[Any]:
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, list) else []
