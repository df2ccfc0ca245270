"""YAML as plain text, lists and mappings, with the line of everything.

Every scalar stays the text that was written, so that `no`, dates and `0123` bring no surprises. Aliases are
refused: nothing can grow beyond the size of the file, and calendars are what is shared.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from agent.errors import Mistake

Tree = Any
"""A `str`, a `list` of trees, or a `dict` from `str` to trees."""

Path = tuple[str | int, ...]
"""Keys and list indexes from the root to a value."""

MAX_DEPTH = 20
_TOO_DEEP = f"this is nested more than {MAX_DEPTH} levels deep: a catalogue needs 6"

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Lines:
    """On which line what stands, counted from 1."""

    def __init__(self) -> None:
        self._lines: dict[Path, int] = {(): 1}

    def put(self, path: Path, line: int) -> None:
        """Note where `path` stands; the first place counts."""
        self._lines.setdefault(path, line)

    def known(self, path: Iterable[str | int]) -> Path:
        """`path` without the parts that are not in the file: what misses is found at its parent."""
        found: Path = ()
        for part in path:
            if (*found, part) in self._lines:
                found = (*found, part)
        return found

    def at(self, path: Iterable[str | int]) -> int:
        """The line of `path`, or of its nearest parent in the file."""
        return self._lines[self.known(path)]


class Document(NamedTuple):
    """What was read. `tree` is None where the mistakes leave nothing that is worth looking at."""

    tree: Tree | None
    lines: Lines
    mistakes: list[Mistake]


def parse(content: bytes) -> Document:
    """Read YAML; every mistake in its form is in the document's `mistakes`."""
    builder = _Builder()
    try:
        builder.read(_decode(content))
    except _Unreadable as stop:
        builder.mistakes.append(stop.mistake)
    except yaml.MarkedYAMLError as error:
        builder.mistakes.append(_syntax(error))
    usable = builder.root is not None and builder.complete
    return Document(builder.root if usable else None, builder.lines, builder.mistakes)


class _Unreadable(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.mistake = Mistake(line, text)


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable(line, "this is no UTF-8 text: save the file as UTF-8") from None
    if match := _FORBIDDEN.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise _Unreadable(line, f"a control character ({match.group()!r}) stands here: take it out")
    return text


def _syntax(error: yaml.MarkedYAMLError) -> Mistake:
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem)
    if problem == "exceeded maximum nesting depth":  # the parser's own limit, since PyYAML 6.0.4
        return Mistake(mark.line + 1 if mark else 1, _TOO_DEEP)
    hint = {
        "mapping values are not allowed in this context": "put a text with a colon in it in quotes",
        "found character that cannot start any token": "indent with spaces, not tabs, and put a text that "
        "begins with @, ` or % in quotes",
        "found unexpected end of stream": "a quote is not closed",
    }.get(problem, "check the indentation, brackets and quotes on this line and the one above")
    return Mistake(mark.line + 1 if mark else 1, f"this is no valid YAML ({problem}): {hint}")


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: Any
    path: Path
    key: str | None = None


class _Builder:
    """Puts the tree together from YAML's events, without recursion."""

    def __init__(self) -> None:
        self.root: Tree | None = None
        self.lines = Lines()
        self.mistakes: list[Mistake] = []
        self.complete = False
        self._open: list[_Open] = []

    def read(self, text: str) -> None:
        aliases = False
        for event in yaml.parse(text, Loader=LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            match event:
                case yaml.ScalarEvent():
                    self._add(event.value, line)
                case yaml.SequenceStartEvent():
                    self._enter([], line)
                case yaml.MappingStartEvent():
                    self._enter({}, line)
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self._open.pop()
                case yaml.AliasEvent():
                    aliases = True
                    self._mistake(
                        line,
                        f"aliases (*{event.anchor}) are not read: write the value out, or share a calendar",
                    )
                    self._add("", line)
                case yaml.DocumentStartEvent() if self.root is not None:
                    raise _Unreadable(
                        line, "a second document (---) begins here: a catalogue is one document"
                    )
        if self.root is None:
            raise _Unreadable(
                1, "the file is empty: it needs the keys version, target, default_queue and queues"
            )
        self.complete = not aliases

    def _enter(self, node: Any, line: int) -> None:
        if len(self._open) == MAX_DEPTH:
            raise _Unreadable(line, _TOO_DEEP)
        self._open.append(_Open(node, self._add(node, line)))

    def _add(self, node: Tree, line: int) -> Path:
        """Put a value where it belongs, or note a key; the path at which it stands."""
        if not self._open:
            self.root = node
            return ()
        parent = self._open[-1]
        if isinstance(parent.node, list):
            path: Path = (*parent.path, len(parent.node))
            parent.node.append(node)
            self.lines.put(path, line)
            return path
        if parent.key is None:
            return self._begin(parent, node, line)
        path = (*parent.path, parent.key)
        parent.node.setdefault(parent.key, node)
        parent.key = None
        return path

    def _begin(self, parent: _Open, key: Tree, line: int) -> Path:
        if not isinstance(key, str):
            raise _Unreadable(line, "a key must be text: put a value that begins with { or [ in quotes")
        parent.key = key
        path = (*parent.path, key)
        if key in parent.node:
            first = self.lines.at(path)
            self._mistake(
                line, f'the key "{key}" stands here twice (first on line {first}): keep one of them'
            )
        self.lines.put(path, line)
        return path

    def _mistake(self, line: int, text: str) -> None:
        self.mistakes.append(Mistake(line, text))
