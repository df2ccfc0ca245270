"""From a file to a checked catalogue."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from agent.catalogue.check import cross_check
from agent.catalogue.explain import explain, unknown_key
from agent.catalogue.gathered import read_examples
from agent.catalogue.reader import Lines, parse
from agent.catalogue.schema import NO_KEYS, Catalogue
from agent.errors import CatalogueError, Mistake

MAX_BYTES = 64 * 2**20


class Loaded(NamedTuple):
    """A checked catalogue, and where everything stands in its file."""

    catalogue: Catalogue
    lines: Lines


def load(path: str | os.PathLike[str]) -> Catalogue:
    """The catalogue in the file `path` (UTF-8, at most 64 MiB), with the files that `examples_from` names.

    Raises `CatalogueError` with every mistake, also where the file cannot be read.
    """
    return load_with_lines(path).catalogue


def load_with_lines(path: str | os.PathLike[str]) -> Loaded:
    """As `load`, with the lines, for who has more to say about the file."""
    return load_bytes(_content(path), path)


def load_bytes(content: bytes, path: str | os.PathLike[str]) -> Loaded:
    """As `load_with_lines`, of what the file `path` has, or will have, in it."""
    tree, lines, mistakes = parse(content)
    if tree is None:
        raise _error(path, mistakes)
    mistakes += cross_check(tree, lines)
    for key in NO_KEYS & set(tree if isinstance(tree, dict) else ()):
        mistakes.append(Mistake(lines.at([key]), unknown_key((key,))))
    catalogue = None
    try:
        catalogue = Catalogue.model_validate(tree)
    except ValidationError as error:
        mistakes += explain(error, lines)
    if catalogue is None or mistakes:
        raise _error(path, mistakes) from None
    return Loaded(_with_examples(catalogue, content, path, lines), lines)


def _with_examples(
    catalogue: Catalogue, content: bytes, path: str | os.PathLike[str], lines: Lines
) -> Catalogue:
    digest = hashlib.sha256(content)
    if not catalogue.examples_from:
        return catalogue.model_copy(update={"hash": digest.hexdigest()})
    files = read_examples(Path(path).parent, catalogue.examples_from)
    if files.mistakes:
        line = lines.at(["examples_from"])
        error = _error(path, [Mistake(line, f"examples_from: {text}") for text in files.mistakes])
        error.beside = catalogue.examples_from
        raise error
    digest.update(files.hash.encode())
    return catalogue.model_copy(update={"hash": digest.hexdigest(), "gathered": files.examples})


def _error(path: str | os.PathLike[str], mistakes: list[Mistake]) -> CatalogueError:
    # What the file says is quoted in the texts; it must not break their lines or reach a terminal as a command.
    return CatalogueError(os.fspath(path), [Mistake(m.line, _visible(m.text)) for m in mistakes])


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _content(path: str | os.PathLike[str]) -> bytes:
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        problem = "there is no such file: give the path of a catalogue, such as queues.yaml"
    except IsADirectoryError:
        problem = "this is a directory: give the path of the queues.yaml in it"
    except (OSError, ValueError) as error:
        problem = f"the file cannot be read ({getattr(error, 'strerror', None) or error})"
    else:
        if len(content) <= MAX_BYTES:
            return content
        problem = f"the file is larger than {MAX_BYTES // 2**20} MiB: that is no catalogue"
    raise CatalogueError(os.fspath(path), [Mistake(0, problem)])
