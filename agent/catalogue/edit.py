"""Changes to a catalogue file that leave everything else in it byte for byte as it was.

Only the span of the changed value is replaced, in the style in which it is written. What comes out is read again:
a way of writing that would say anything else than what is wanted is not taken.
"""

import codecs
import os
import re
import stat
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from agent.catalogue.load import load_bytes
from agent.catalogue.places import child, span
from agent.catalogue.reader import LOADER, parse
from agent.catalogue.scalars import quoted
from agent.errors import InputError
from agent.files import replace_file

_NEW = 0o644  # the mode of a new file: there is nothing secret in a catalogue
_WIDTH = 60  # characters of text that a folded line has room for, at least


def redescribed(content: bytes, descriptions: Mapping[str, str]) -> bytes:
    """The catalogue file `content` with other descriptions, by the queues' ids.

    `content` is a catalogue without mistakes. Raises `InputError` where a queue does not exist, or its description
    cannot be written without touching anything else.
    """
    for id_, description in descriptions.items():
        content = _redescribed(content, id_, description)
    return content


def replace_catalogue(path: str | os.PathLike[str], content: bytes, *, instead_of: bytes | None) -> None:
    """Put `content` into the file `path`, as a whole and with the mode that it has; `instead_of` None: a new file.

    Raises `CatalogueError` where `content` has mistakes, `InputError` where the file is no longer `instead_of`,
    `OSError` where it cannot be written; then the file is as it was.
    """
    load_bytes(content, path)
    file = Path(path)
    there = file.read_bytes() if file.exists() else None
    if there != instead_of:
        raise InputError(f"{file}: was changed meanwhile, so nothing was written: run it again")
    replace_file(file, content, mode=_NEW if there is None else stat.S_IMODE(file.stat().st_mode))


def _redescribed(content: bytes, id_: str, description: str) -> bytes:
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content.removeprefix(mark).decode()
    wanted: Any = parse(content).tree
    queues = wanted["queues"]
    number = next((n for n, queue in enumerate(queues) if queue["id"].strip() == id_), None)
    if number is None:
        raise InputError(f'there is no queue with the id "{id_}"')
    old = queues[number].get("description", "").strip()
    queues[number]["description"] = description
    for start, end, new in _ways(text, number, old, description):
        changed = mark + (text[:start] + new + text[end:]).encode()
        found, _, mistakes = parse(changed)
        if not mistakes and _stripped(found, number) == wanted:
            return changed
    raise InputError(f'the description of "{id_}" cannot be written into this file: write it by hand')


def _stripped(tree: Any, number: int) -> Any:
    # The end of a block is a line break or none, as its head says; the loader takes it away.
    if isinstance(tree, dict) and isinstance(tree.get("queues"), list) and len(tree["queues"]) > number:
        queue = tree["queues"][number]
        if isinstance(queue, dict) and isinstance(queue.get("description"), str):
            queue["description"] = queue["description"].strip()
    return tree


def _ways(text: str, number: int, old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """Ways to write `new`, the one that changes least first: from where to where, and what stands there then."""
    newline = "\r\n" if "\r\n" in text else "\n"
    queue = child(yaml.compose(text, Loader=LOADER), "queues").value[number]
    column = queue.value[0][0].start_mark.column
    there = child(queue, "description")
    if there is None:
        _, name_end = span(text, child(queue, "name"))
        line_end = text.find(newline, name_end)
        at = name_end if queue.flow_style else line_end if line_end >= 0 else len(text)
        before = ", " if queue.flow_style else newline + " " * column
        yield from ((at, at, f"{before}description: {value}") for value in (new, quoted(new)))
        return
    start, end = span(text, there)
    indented = re.search(r"\n( +)\S", text[start:end])
    indent = indented[1] if indented else " " * (column + 2)
    value = _Value(text[start:end], there.style, newline, indent)
    if old and new.startswith(f"{old} "):
        yield start, end, value.longer(new[len(old) + 1 :])
    yield from ((start, end, way) for way in value.replaced(new))


class _Value(NamedTuple):
    """A description as it is written: `raw`, the style (YAML's indicator), and what its lines begin with."""

    raw: str
    style: str | None
    newline: str
    indent: str

    def longer(self, more: str) -> str:
        """With `more` behind it, on a line of its own where there are several and a break is no more than a space."""
        folds = self.style == ">" or (self.style != "|" and self.newline in self.raw)
        end = self.raw[-1] if self.style in ("'", '"') else ""
        return self.raw.removesuffix(end) + (self._folded(more) if folds else f" {more}") + end

    def replaced(self, new: str) -> Iterator[str]:
        """With `new` in its place: in the same style, then in quotes, which can hold everything."""
        head = self.raw.split(self.newline)[0]
        match self.style:
            case ">":
                yield head + self._folded(new)
            case "|":
                yield head + self.newline + self.indent + new
            case "'":
                yield "'" + new.replace("'", "''") + "'"
            case '"':
                pass
            case _:
                yield new if self.raw else f" {new}"
        comment = re.search(r"\s+#.*", head) if self.style in (">", "|") else None
        yield ("" if self.raw else " ") + quoted(new) + (comment[0] if comment else "")

    def _folded(self, text: str) -> str:
        widest = max([len(line) for line in self.raw.split(self.newline)[1:]], default=0)
        lines = textwrap.wrap(
            text,
            max(widest, len(self.indent) + _WIDTH),
            initial_indent=self.indent,
            subsequent_indent=self.indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return "".join(self.newline + line for line in lines)
