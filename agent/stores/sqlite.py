"""Conversations in one SQLite file, shared by any number of threads, event loops and processes."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TypeVar

from agent.errors import StoreError
from agent.stores.base import HISTORY_SECONDS, PLAIN, Stored, Terms
from agent.stores.sqlite_schema import make_schema, use_wal

BUSY_SECONDS = 4.0
"""How long a call waits for another writer before it raises."""

T = TypeVar("T")

_ALIVE = "(until IS NULL OR until > :now)"
# A document whose time is over counts as none, whether it has been swept or not.
_CREATE = (
    "INSERT INTO conversations (id, revision, document, until) VALUES (:id, :revision, :document, :until)"
    " ON CONFLICT (id) DO UPDATE SET revision = :revision, document = :document, until = :until"
    " WHERE until <= :now"
)
_UPDATE = (
    "UPDATE conversations SET revision = :revision, document = :document, until = :until"  # noqa: S608
    f" WHERE id = :id AND revision = :expected AND {_ALIVE}"
)
_TAGGED = (
    "SELECT id FROM tags WHERE tag = :tag AND ("  # noqa: S608
    f"id IN (SELECT id FROM conversations WHERE {_ALIVE}) OR id IN (SELECT id FROM history WHERE until > :now)"
    ") ORDER BY id"
)
_FORGET_TAGS = (
    "DELETE FROM tags WHERE id NOT IN (SELECT id FROM conversations) AND id NOT IN (SELECT id FROM history)"
)


class SQLiteStore:
    """The file `path`, which is made at first use in a directory that exists.

    A call waits at most `BUSY_SECONDS` for other writers. Every failure is a `StoreError`: a directory, a
    file that is no database, another program's or a newer version's database, a full or read-only disk.
    Open it in each process by itself: no connection lives through a fork. Keep the file on a local disk.
    """

    system = "sqlite"

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        query = f"SELECT revision, document FROM conversations WHERE id = :id AND {_ALIVE}"  # noqa: S608
        values = {"id": id_, "now": time.time()}
        row = await self._run(lambda connection: connection.execute(query, values).fetchone())
        return Stored(*row) if row else None

    async def save(
        self,
        id_: str,
        document: str,
        *,
        revision: int,
        expected: int | None,
        terms: Terms = PLAIN,
    ) -> bool:
        """Write `document` as `revision`, if what is kept has the revision `expected`; see `Store.save`."""
        now = time.time()
        values = {
            "id": id_,
            "document": document,
            "revision": revision,
            "expected": expected,
            "until": None if terms.keep is None else now + terms.keep,
            "now": now,
        }

        def write(connection: sqlite3.Connection) -> bool:
            if connection.execute(_CREATE if expected is None else _UPDATE, values).rowcount != 1:
                return False
            rows = [(tag, id_) for tag in terms.tags]
            connection.executemany("INSERT OR IGNORE INTO tags (tag, id) VALUES (?, ?)", rows)
            _add(connection, id_, terms.entry)
            return True

        return await self._run(_in_a_transaction(write))

    async def after(self, id_: str, limit: int = 200) -> list[tuple[str, Stored]]:
        """The next documents behind `id_` in the order of their ids, with these; "" for the first ones."""
        query = (
            f"SELECT id, revision, document FROM conversations WHERE id > :id AND {_ALIVE}"  # noqa: S608
            " ORDER BY id LIMIT :limit"
        )
        values = {"id": id_, "limit": limit, "now": time.time()}
        rows = await self._run(lambda connection: connection.execute(query, values).fetchall())
        return [(found, Stored(revision, document)) for found, revision, document in rows]

    async def history(self, id_: str) -> list[str]:
        """The entries of `id_`, the oldest first."""
        query = "SELECT entry FROM history WHERE id = ? AND until > ? ORDER BY rowid"
        values = (id_, time.time())
        rows = await self._run(lambda connection: connection.execute(query, values).fetchall())
        return [entry for (entry,) in rows]

    async def tagged(self, tag: str) -> list[str]:
        """The ids that were saved with `tag`."""
        values = {"tag": tag, "now": time.time()}
        rows = await self._run(lambda connection: connection.execute(_TAGGED, values).fetchall())
        return [id_ for (id_,) in rows]

    async def delete(self, id_: str, *, entry: str | None = None) -> None:
        """Forget a conversation, but not its history, to which `entry` is added."""

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM conversations WHERE id = ?", (id_,))
            _add(connection, id_, entry)
            connection.execute(f"{_FORGET_TAGS} AND id = ?", (id_,))

        await self._run(_in_a_transaction(forget))

    async def sweep(self) -> int:
        """Free the space of what is no longer kept; SQLite uses it again, the file does not shrink."""
        now = (time.time(),)

        def forget(connection: sqlite3.Connection) -> int:
            gone = connection.execute("DELETE FROM conversations WHERE until <= ?", now).rowcount
            connection.execute("DELETE FROM history WHERE until <= ?", now)
            connection.execute(_FORGET_TAGS)
            return gone

        return await self._run(_in_a_transaction(forget))

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


def _add(connection: sqlite3.Connection, id_: str, entry: str | None) -> None:
    if entry is not None:
        row = (id_, time.time() + HISTORY_SECONDS, entry)
        connection.execute("INSERT INTO history (id, until, entry) VALUES (?, ?, ?)", row)


def _in_a_transaction(work: Callable[[sqlite3.Connection], T]) -> Callable[[sqlite3.Connection], T]:
    def worked(connection: sqlite3.Connection) -> T:
        # Taken at once: a transaction that has read first cannot wait for another writer.
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise
        return done

    return worked


def _open(path: Path) -> sqlite3.Connection:
    if path.is_dir():
        raise StoreError(f"{path}: is a directory; give the name of a file")
    # Autocommit; the store's lock stands in for SQLite's own check of threads.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        use_wal(connection, BUSY_SECONDS)
        connection.execute("PRAGMA secure_delete = ON")  # what was deleted is not left in free pages
        make_schema(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection
