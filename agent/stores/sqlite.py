"""Conversations in one SQLite file, shared by any number of threads, event loops and processes."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from os import PathLike
from pathlib import Path
from typing import TypeVar

from agent.errors import StoreError
from agent.stores.base import Stored

SCHEMA_VERSION = 1
BUSY_SECONDS = 4.0
"""How long a call waits for another writer before it raises."""

T = TypeVar("T")


class SQLiteStore:
    """One table in the file `path`, which is made at first use in a directory that exists.

    A call waits at most `BUSY_SECONDS` for other writers. Every failure is a `StoreError`: a directory, a
    file that is no database, another program's or a newer version's database, a full or read-only disk.
    Open it in each process by itself: no connection lives through a fork. Keep the file on a local disk.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        query = "SELECT revision, document FROM conversations WHERE id = ?"
        row = await self._run(lambda connection: connection.execute(query, (id_,)).fetchone())
        return Stored(*row) if row else None

    async def save(self, id_: str, document: str, *, revision: int, expected: int | None) -> bool:
        """Write `document` as `revision`, if what is kept has the revision `expected` (None: nothing kept)."""
        # One statement each: SQLite makes it atomic, between processes too.
        if expected is None:
            command = (
                "INSERT INTO conversations (id, revision, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            )
            values: tuple[str | int, ...] = (id_, revision, document)
        else:
            command = "UPDATE conversations SET revision = ?, document = ? WHERE id = ? AND revision = ?"
            values = (revision, document, id_, expected)
        return await self._run(lambda connection: connection.execute(command, values).rowcount == 1)

    async def after(self, id_: str, limit: int = 200) -> list[tuple[str, Stored]]:
        """The next documents behind `id_` in the order of their ids, with these; "" for the first ones."""
        query = "SELECT id, revision, document FROM conversations WHERE id > ? ORDER BY id LIMIT ?"
        rows = await self._run(lambda connection: connection.execute(query, (id_, limit)).fetchall())
        return [(found, Stored(revision, document)) for found, revision, document in rows]

    async def delete(self, id_: str) -> None:
        """Forget a conversation; it is no error if there is none."""
        await self._run(
            lambda connection: connection.execute("DELETE FROM conversations WHERE id = ?", (id_,))
        )

    async def close(self) -> None:
        """Close the file; every later call raises `StoreError`."""
        await asyncio.to_thread(self._close)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.to_thread(self._work, work)

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._path}: this store was closed")
            try:
                if self._connection is None:
                    self._connection = _open(self._path)
                return work(self._connection)
            except (sqlite3.Error, UnicodeError) as error:
                raise StoreError(f"{self._path}: conversations cannot be kept here: {error}") from error

    def _close(self) -> None:
        with self._lock:
            self._closed = True
            if self._connection:
                self._connection.close()
                self._connection = None


def _open(path: Path) -> sqlite3.Connection:
    if path.is_dir():
        raise StoreError(f"{path}: is a directory; give the name of a file")
    # Autocommit; the store's lock stands in for SQLite's own check of threads.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection)
        _make_schema(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    # Two processes that switch a new file at once are told "locked" without the usual wait for the other.
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _make_schema(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection, path) == SCHEMA_VERSION:
        return
    with closing(connection.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection, path) != SCHEMA_VERSION:  # else another process was first
                cursor.execute(
                    "CREATE TABLE conversations"
                    " (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, document TEXT NOT NULL)"
                )
                cursor.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            cursor.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path}: was written by a newer version of this program (schema {version}, this one knows"
            f" {SCHEMA_VERSION}); upgrade it, or give another file"
        )
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
        raise StoreError(f"{path}: is another program's database; give another file")
    return version
