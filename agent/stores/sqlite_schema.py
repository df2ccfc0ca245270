"""The tables of a SQLite store, and how an older file gets them."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from agent.errors import StoreError

SCHEMA_VERSION = 2

# What each version added to the one before. Times are seconds since 1970.
_STEPS = (
    ("CREATE TABLE conversations (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, document TEXT NOT NULL)",),
    (
        "ALTER TABLE conversations ADD COLUMN until REAL",
        "CREATE INDEX conversations_until ON conversations (until) WHERE until IS NOT NULL",
        "CREATE TABLE history (id TEXT NOT NULL, until REAL NOT NULL, entry TEXT NOT NULL)",
        "CREATE INDEX history_id ON history (id)",
        "CREATE INDEX history_until ON history (until)",
        "CREATE TABLE tags (tag TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tag, id)) WITHOUT ROWID",
        "CREATE INDEX tags_id ON tags (id)",
    ),
)


def make_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables, or bring those of an older version up to date. Raises `StoreError` for a newer one."""
    if _version(connection, path) == SCHEMA_VERSION:
        return
    with closing(connection.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            for step in _STEPS[_version(connection, path) :]:  # none, where another process was first
                for command in step:
                    cursor.execute(command)
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


def use_wal(connection: sqlite3.Connection, seconds: float) -> None:
    """Let readers and a writer work at once; waits at most `seconds` for another process that does the same."""
    # Two processes that switch a new file at once are told "locked" without the usual wait for the other.
    give_up = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return
