"""Model answers in a file, so that none is paid for twice and a run can be repeated without the model.

A tape is a text file: a line that says what was asked whom, then one answer a line. Nothing in it is ever changed;
of several answers to the same question the last one holds. Only where each begins is in memory.
"""

import hashlib
import json
import os
import re
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from agent.errors import InputError, StoreError

Mode = Literal["cache", "record", "replay"]
_KEY = 32  # hexadecimal digits: 128 bits
_ENTRY = re.compile(rb'\{"key":"([0-9a-f]{32})"')


def key_of(*parts: Any) -> str:
    """The key of an answer: all that it depends on."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY]


class Tape:
    """An open tape. Several processes may add to one file; each finds what was there when it opened it.

    In the modes "cache" and "record" an answer that failed for a passing reason is not given out again; in
    "replay" it is, and nothing is added. `about` is what the answers depend on beside the question (model,
    address, …). Raises `InputError` where the file is no tape, or not about the same.
    """

    def __init__(self, path: Path, mode: Mode, about: dict[str, Any] | None) -> None:
        self.mode = mode
        self.closing = False
        """What ends from now on ends because the run does: it says nothing about the model."""
        self._path = path
        if mode != "replay":
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or not path.stat().st_size:
                begin(path, about or {})
        self.about = about_of(path)
        if about is not None and self.about != about:
            changed = [name for name in about | self.about if about.get(name) != self.about.get(name)]
            raise InputError(
                f"{path}: was recorded with another {' and another '.join(changed)}: give a new file, or delete it"
            )
        # Read and written through two handles: what is written moves no place that is read from.
        self._file = path.open("rb")
        self._end = None if mode == "replay" else os.open(path, os.O_WRONLY | os.O_APPEND)
        self._where = self._index()

    def get(self, key: str) -> dict[str, Any] | None:
        """The answer with this key, if there is one that may be used."""
        at = self._where.get(bytes.fromhex(key))
        if at is None:
            return None
        self._file.seek(at)
        try:
            entry: dict[str, Any] = json.loads(self._file.readline())
        except (ValueError, RecursionError):
            return None  # damaged: as good as not there
        return None if self.mode != "replay" and entry.get("passing") else entry

    def put(self, key: str, entry: dict[str, Any]) -> None:
        """Add an answer; `passing` in it marks a failure that may not come again. Raises `StoreError`."""
        line = json.dumps({"key": key, **entry}, ensure_ascii=False, separators=(",", ":")) + "\n"
        self.put_lines(line.encode("utf-8", "backslashreplace"))

    def put_lines(self, data: bytes) -> None:
        """Add lines as they stand on another tape, in one write, so that those of several processes do not mix."""
        try:
            if self._end is None or os.write(self._end, data) != len(data):
                raise OSError(None, "the disk is full")  # noqa: TRY301 - one way out for both
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}") from error

    def about_conversation(self, case: str, trial: int) -> bytes:
        """The lines with what was asked in this conversation when the tape was opened, for a tape elsewhere."""
        lines = []
        for at in self._by_conversation.get((case, trial), ()):
            self._file.seek(at)
            lines.append(self._file.readline())
        return b"".join(lines)

    def sort(self) -> None:
        """Put the answers in the order of their keys, each once, so that two recordings can be compared."""
        temporary = self._path.with_name(self._path.name + ".new")
        where = self._index()
        with temporary.open("wb") as file:
            temporary.chmod(0o600)
            file.write(_head(self.about).encode())
            for key in sorted(where):
                self._file.seek(where[key])
                file.write(self._file.readline())
        temporary.replace(self._path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if self._end is not None:
            os.close(self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _index(self) -> dict[bytes, int]:
        where: dict[bytes, int] = {}
        self._file.seek(0)
        at = 0
        line = b""
        for line in self._file:
            found = _ENTRY.match(line)
            if found and line.endswith(b"}\n"):  # a killed run may have cut the last one
                where[bytes.fromhex(found[1].decode())] = at
            at += len(line)
        if self._end is not None and line and not line.endswith(b"\n"):
            os.write(self._end, b"\n")
        return where

    @cached_property
    def _by_conversation(self) -> dict[tuple[str, int], list[int]]:
        where: dict[tuple[str, int], list[int]] = {}
        for at in sorted(self._where.values()):
            self._file.seek(at)
            with suppress(ValueError, KeyError, TypeError, RecursionError):  # damaged: as good as not there
                entry = json.loads(self._file.readline())
                where.setdefault((entry["case"], entry["trial"]), []).append(at)
        return where

    @property
    def empty(self) -> bool:
        """Whether it had no answer when it was opened."""
        return not self._where


def begin(path: Path, about: dict[str, Any], lines: bytes = b"") -> None:
    """Make a tape that has `lines` of another one on it."""
    path.write_bytes(_head(about).encode() + lines)
    path.chmod(0o600)  # it holds what models and cases said


def about_of(path: Path) -> dict[str, Any]:
    """What the answers of the tape at `path` depend on; raises `InputError` where it is no tape."""
    try:
        with path.open("rb") as file:
            about = json.loads(file.readline())["tape"]
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}: give a file that --record wrote") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path}: this is no recording: give a file that --record wrote") from None
    if not isinstance(about, dict):
        raise InputError(f"{path}: this is no recording: give a file that --record wrote")
    return about


def _head(about: dict[str, Any]) -> str:
    return json.dumps({"tape": about}, ensure_ascii=False, sort_keys=True) + "\n"
