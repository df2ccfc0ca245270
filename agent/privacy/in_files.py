"""What files keep of a person: lines of a file of lines, or the file as a whole."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from agent.artefacts import files_of, forget
from agent.errors import InputError
from agent.files import replace_file
from agent.privacy.person import Person

MADE_AGAIN = ("summary.json", "report.html", "run.json")
"""What stands in the folder of a run beside its results, and is made of them."""


class Found(NamedTuple):
    """A file that names a person: in so many of its `lines`, or as a whole (0)."""

    path: Path
    lines: int


def find(paths: Iterable[Path], person: Person) -> list[Found]:
    """The files at and in `paths` that name `person`. Raises `InputError` for one that cannot be read."""
    files = dict.fromkeys(file.resolve() for path in paths for file in files_of(path) if file.is_file())
    return [found for found in (_look(file, person) for file in files) if found]


def delete(found: Iterable[Found], person: Person) -> list[Path]:
    """Take the lines out, and whole files away; what was made of the lines of an eval run goes, too.

    Returns the files that are gone. Raises `InputError` where one cannot be changed.
    """
    gone: list[Path] = []
    for path, lines in found:
        try:
            if lines:
                kept = [
                    line for line in path.read_bytes().splitlines(keepends=True) if not _names(line, person)
                ]
                replace_file(path, b"".join(kept), mode=path.stat().st_mode & 0o777)
                made = [path.with_name(name) for name in MADE_AGAIN[:2] if path.name == "results.jsonl"]
            else:
                made = [path]
            for file in made:
                if file.exists():
                    file.unlink()
                    gone.append(file)
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}: it still names the person") from error
    forget(gone)
    return gone


def _look(path: Path, person: Person) -> Found | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    if path.suffix == ".jsonl" or content.startswith(b'{"tape"'):
        lines = sum(_names(line, person) for line in content.splitlines())
        return Found(path, lines) if lines else None
    return Found(path, 0) if _names(content, person) else None


def _names(content: bytes, person: Person) -> bool:
    return person.is_in(content.decode("utf-8", "replace"))
