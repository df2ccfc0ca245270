"""What is new, renamed or gone on the appliance, written into a catalogue in which people have written.

Nothing but this is touched: the end of the list, where new queues go; the two comments of `entry.py`; and a name or
a team's number, where they still are what was pulled, as the comment records it. The rest stays byte for byte.
"""

import codecs
import os
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import yaml

from agent.catalogue.load import load_bytes
from agent.catalogue.places import Layout, layout, line_end
from agent.catalogue.pull.entry import entry
from agent.catalogue.pull.existing import Existing
from agent.catalogue.pull.news import Edit, News, label
from agent.catalogue.pull.offered import Offer, Offered, as_queues, key_of
from agent.catalogue.reader import LOADER
from agent.catalogue.schema import Catalogue, Queue
from agent.errors import CatalogueError, InputError

_COMMENTED_OUT = re.compile(r"^[ \t]*#.*?\bbeyondtrust:\s*(\{[^{}\n]*\})", re.MULTILINE)


class Merged(NamedTuple):
    """The file as it should be, and why."""

    content: bytes
    news: tuple[News, ...]


def merged(content: bytes, path: str | os.PathLike[str], offered: Offered, today: date) -> Merged:
    """The catalogue `content` of the file `path`, with what the appliance offers now.

    Raises `CatalogueError` where it has mistakes, `InputError` where it is written in a way that cannot be changed
    without touching anything else.
    """
    before = load_bytes(content, path).catalogue
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content.removeprefix(mark).decode()
    there = layout(text)
    entries = [Existing(text, there.style, *each) for each in zip(there.places, before.queues, strict=True)]
    for each in entries:
        each.compare(offered, today, default=each.queue.id == before.default_queue)
    out = set(_commented_out(text))
    missing = _missing(before, offered)
    new = as_queues((offer for offer in missing if out.isdisjoint(offer.keys)), before.by_id)
    edits = [edit for each in entries for edit in each.edits] + _appended(text, there, new)
    news = [told for each in entries for told in each.news]
    news += [
        News("note", f"{offer.name}: stays out, as a comment") for offer in missing if out & set(offer.keys)
    ]
    news += [News("new", label(queue)) for queue in new]
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    changed = mark + text.encode()
    _check(before, [each.queue for each in entries] + new, changed, path)
    return Merged(changed, tuple(news))


def _check(before: Catalogue, queues: Sequence[Queue], changed: bytes, path: str | os.PathLike[str]) -> None:
    """The changed file has to say what is wanted, and nothing else."""
    try:
        after = load_bytes(changed, path).catalogue
    except CatalogueError:
        after = None
    if not after or after != before.model_copy(update={"queues": tuple(queues), "hash": after.hash}):
        raise InputError(
            f"{os.fspath(path)}: is written in a way in which nothing can be changed without touching more than is "
            "meant: write queues as a list with one key a line"
        )


def _missing(before: Catalogue, offered: Offered) -> list[Offer]:
    """What no queue leads to."""
    addresses = [queue.beyondtrust for queue in before.queues if queue.beyondtrust]
    known = {key_of(address.issue, address.team) for address in addresses}
    return [offer for offer in offered.offers if known.isdisjoint(offer.keys)]


def _commented_out(text: str) -> Iterator[str | None]:
    """Where queues lead that somebody has put into comments."""
    for found in _COMMENTED_OUT.finditer(text):
        try:
            address = yaml.load(found[1], Loader=LOADER)  # noqa: S506 - the base loader makes texts only
        except yaml.YAMLError:
            continue
        issue, team = str(address.get("issue") or ""), str(address.get("team") or "")
        yield key_of(issue, int(team) if team.isdecimal() else None)


def _appended(text: str, there: Layout, queues: Sequence[Queue]) -> list[Edit]:
    """New queues behind the last one."""
    style, last = there.style, there.places[-1]
    if style.in_brackets:
        at = last.end
        between = (
            ", " if last.line is None else f",{style.newline}{text[last.line : last.node.start_mark.index]}"
        )
    else:
        at = _behind_comments(text, line_end(text, last.end), max(1, style.dash))
        between = style.newline * (2 if style.spaced else 1)
    return [Edit(at, at, "".join(between + entry(queue, style) for queue in queues))] if queues else []


def _behind_comments(text: str, at: int, indent: int) -> int:
    """Behind the comments that follow at once and are indented at least so far: they belong to the last entry."""
    while start := text.find("\n", at) + 1:
        line = text[start : line_end(text, start)]
        if not re.match(rf" {{{indent},}}#", line):
            break
        at = start + len(line)
    return at
