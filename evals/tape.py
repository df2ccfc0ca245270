"""Model answers in a file, so that none is paid for twice and a run can be repeated without the model.

A tape is a text file: a line that says what was asked whom, then one answer a line. Nothing in it is ever changed;
of several answers to the same question the last one holds. Only where each begins is in memory.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Literal, Self

from agent.errors import InputError, StoreError

Mode = Literal["cache", "record", "replay"]
_KEY = 32  # hexadecimal digits: 128 bits
_START = b'{"key":"'


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
        self._path = path
        if mode != "replay":
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or not path.stat().st_size:
                path.write_text(_head(about or {}), "utf-8")
                path.chmod(0o600)  # it holds what models and cases said
        self.about = about_of(path)
        if about is not None and self.about != about:
            changed = [name for name in about | self.about if about.get(name) != self.about.get(name)]
            raise InputError(
                f"{path}: was recorded with another {' and another '.join(changed)}: give a new file, or delete it"
            )
        self._file = path.open("rb" if mode == "replay" else "a+b")
        self._where = self._index()

    def get(self, key: str) -> dict[str, Any] | None:
        """The answer with this key, if there is one that may be used."""
        at = self._where.get(bytes.fromhex(key))
        if at is None:
            return None
        self._file.seek(at)
        entry: dict[str, Any] = json.loads(self._file.readline())
        return None if self.mode != "replay" and entry.get("passing") else entry

    def put(self, key: str, entry: dict[str, Any]) -> None:
        """Add an answer; `passing` in it marks a failure that may not come again. Raises `StoreError`."""
        line = json.dumps({"key": key, **entry}, ensure_ascii=False, separators=(",", ":")) + "\n"
        # One write for a line: whole lines of several processes do not mix.
        try:
            os.write(self._file.fileno(), line.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}") from error

    def sort(self) -> None:
        """Put the answers in the order of their keys, each once, so that two recordings can be compared."""
        temporary = self._path.with_name(self._path.name + ".new")
        where = self._index()
        with temporary.open("wb") as file:
            file.write(_head(self.about).encode())
            for key in sorted(where):
                self._file.seek(where[key])
                file.write(self._file.readline())
        temporary.replace(self._path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _index(self) -> dict[bytes, int]:
        where: dict[bytes, int] = {}
        self._file.seek(0)
        at = 0
        for line in self._file:
            if line.startswith(_START) and line.endswith(b"}\n"):  # a killed run may have cut the last one
                where[bytes.fromhex(line[len(_START) : len(_START) + _KEY].decode())] = at
            at += len(line)
        if self.mode != "replay" and at and not line.endswith(b"\n"):
            self._file.write(b"\n")
            self._file.flush()
        return where


def about_of(path: Path) -> dict[str, Any]:
    """What the answers of the tape at `path` depend on; raises `InputError` where it is no tape."""
    try:
        with path.open("rb") as file:
            about = json.loads(file.readline())["tape"]
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}: give a file that --record wrote") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: this is no recording: give a file that --record wrote") from None
    if not isinstance(about, dict):
        raise InputError(f"{path}: this is no recording: give a file that --record wrote")
    return about


def _head(about: dict[str, Any]) -> str:
    return json.dumps({"tape": about}, ensure_ascii=False, sort_keys=True) + "\n"
