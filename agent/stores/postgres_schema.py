"""The tables of a PostgreSQL store, and how they get there."""

from typing import TYPE_CHECKING

from agent.errors import StoreError

if TYPE_CHECKING:
    from asyncpg import Connection
    from asyncpg.pool import PoolConnectionProxy

SCHEMA_VERSION = 1

# What each version added to the one before. Texts are bytes in UTF-8: a text of PostgreSQL's holds no NUL, and its
# order depends on the database's collation.
_STEPS = (
    """
    CREATE TABLE {schema}.conversations (
        id bytea PRIMARY KEY, revision bigint NOT NULL, document bytea NOT NULL, until timestamptz
    );
    CREATE INDEX ON {schema}.conversations (until) WHERE until IS NOT NULL;
    CREATE TABLE {schema}.history (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id bytea NOT NULL, until timestamptz NOT NULL, entry bytea NOT NULL
    );
    CREATE INDEX ON {schema}.history (id);
    CREATE INDEX ON {schema}.history (until);
    CREATE TABLE {schema}.tags (tag bytea, id bytea, PRIMARY KEY (tag, id));
    CREATE INDEX ON {schema}.tags (id);
    """,
)
# Read as rows: to_regclass may tell what was there when the transaction began.
_SCHEMA = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1"
_TABLE = """
SELECT count(*) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2
"""
_LOCK = 0x68616E646F6666  # "handoff": who makes tables waits for others that do


async def make_schema(connection: "Connection | PoolConnectionProxy", schema: str, name: str) -> None:
    """Make the tables in `schema`, or bring those of an older version up to date.

    `name` is the database's, for errors. Where they are there, no right to make any is needed. Raises `StoreError` for a newer version or another
    program's tables.
    """
    if await _version(connection, schema, name) == SCHEMA_VERSION:
        return
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        version = await _version(connection, schema, name)  # the newest, where another process was first
        if not version:
            if not await connection.fetchval(_SCHEMA, schema):
                await connection.execute(f'CREATE SCHEMA "{schema}"')
            await connection.execute(f'CREATE TABLE "{schema}".handoff_version (version integer NOT NULL)')
            await connection.execute(f'INSERT INTO "{schema}".handoff_version VALUES (0)')  # noqa: S608
        for step in _STEPS[version:]:
            await connection.execute(step.format(schema=f'"{schema}"'))
        await connection.execute(f'UPDATE "{schema}".handoff_version SET version = $1', SCHEMA_VERSION)  # noqa: S608


async def _version(connection: "Connection | PoolConnectionProxy", schema: str, name: str) -> int:
    if not await connection.fetchval(_TABLE, schema, "handoff_version"):
        if await connection.fetchval(_TABLE, schema, "conversations"):
            raise StoreError(f"{name}: the schema {schema} has another program's tables; give another schema")
        return 0
    version = int(await connection.fetchval(f'SELECT version FROM "{schema}".handoff_version'))  # noqa: S608
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{name}: the schema {schema} was written by a newer version of this program (schema {version}, this one"
            f" knows {SCHEMA_VERSION}); upgrade it, or give another schema"
        )
    return version
