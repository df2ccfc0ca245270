"""Where the queues of a catalogue stand in its text."""

import re
from typing import Any, NamedTuple

import yaml

from agent.catalogue.reader import LOADER

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")  # an anchor or a tag before the value

_DASH = re.compile(r"^( *)-(?=\s)", re.MULTILINE)


class Style(NamedTuple):
    """How a file writes its queues.

    `dash` and `column`: of an entry's dash (in brackets: of the entry) and of its keys. `flow`: entries in braces;
    `in_brackets`: the list itself in brackets. `spaced`: an empty line between entries.
    """

    newline: str = "\n"
    dash: int = 2
    column: int = 4
    flow: bool = False
    in_brackets: bool = False
    spaced: bool = True


class Place(NamedTuple):
    """An entry. `line` is where the line with its dash begins; None where something else begins that line.

    `end` is behind its last value; `after` is where the entry before ends.
    """

    node: Any
    line: int | None
    end: int
    after: int


class Layout(NamedTuple):
    """The style of the queues and the place of each."""

    style: Style
    places: tuple[Place, ...]


def layout(text: str) -> Layout:
    """Where the queues stand; `text` is a catalogue without mistakes, and without a byte order mark."""
    root: Any = yaml.compose(text, Loader=LOADER)
    key, queues = next(pair for pair in root.value if pair[0].value == "queues")
    brackets, begin = bool(queues.flow_style), key.end_mark.index
    dashes = _DASH.findall(text, begin, queues.value[0].start_mark.index)
    dash = None if brackets else len(dashes[-1])
    places: list[Place] = []
    for node in queues.value:
        after = places[-1].end if places else begin
        line = _line(text, node, after, dash)
        places.append(Place(node, line, end_of(text, node), after))
    last = places[-1]
    first = last.node if last.node.flow_style else last.node.value[0][0]
    between = text[last.after : last.node.start_mark.index] if len(places) > 1 else ""
    style = Style(
        newline="\r\n" if "\r\n" in text else "\n",
        dash=last.node.start_mark.column if dash is None else dash,
        column=first.start_mark.column,
        flow=brackets or bool(last.node.flow_style),
        in_brackets=brackets,
        spaced=bool(re.search(r"\n[ \t]*\r?\n", between)),
    )
    return Layout(style, tuple(places))


def child(node: Any, key: str) -> Any:
    """The value of `key` in a mapping; None where there is none."""
    return next((value for name, value in node.value if name.value == key), None)


def span(text: str, node: Any) -> tuple[int, int]:
    """Where a value begins and ends, without anchor, tag, and the empty lines behind a block."""
    start, end = node.start_mark.index, node.end_mark.index
    properties = _PROPERTIES.match(text, start, end)
    start = properties.end() if properties else start
    return start, start + len(text[start:end].rstrip())


def end_of(text: str, node: Any) -> int:
    """Where a value ends, without comments and empty lines behind it."""
    while not isinstance(node, yaml.ScalarNode) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return span(text, node)[1]


def line_start(text: str, at: int) -> int:
    """Where the line of `at` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of `at` ends, before its line break."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return end - 1 if text[at:end].endswith("\r") else end


def _line(text: str, node: Any, after: int, dash: int | None) -> int | None:
    """Where the line begins with which the entry begins: that of its dash, or in brackets its own."""
    start = line_start(text, node.start_mark.index)
    if dash is None:
        return start if start > after and not text[start : node.start_mark.index].strip() else None
    while start > after and not text.startswith(" " * dash + "-", start):
        start = line_start(text, start - 1)
    return start if text.startswith(" " * dash + "-", start) else None
