"""Conversations in a PostgreSQL database, shared by any number of processes and machines."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from agent.errors import SettingsError, StoreError
from agent.extras import needs_extra
from agent.stores import postgres_sql as sql
from agent.stores.address import Address
from agent.stores.base import HISTORY_SECONDS, PLAIN, Stored, Terms
from agent.stores.per_loop import CLOSING_SECONDS, PerLoop
from agent.stores.postgres_schema import make_schema

with needs_extra("A store in PostgreSQL", "postgres"):
    import asyncpg
    from asyncpg.pool import Pool, PoolConnectionProxy

SECONDS = 5.0
"""How long one try to connect, and one statement, may take."""
WAITING_SECONDS = 30.0
"""How long a call waits for one of this process's connections while others use them."""
CONNECTIONS = 10
"""At most, for each event loop of a process; a server allows 100 in all, unless it is told otherwise."""


class PostgresStore:
    """Tables of their own in the schema `schema` of the database at `url`, made at first use.

    `url` is what libpq takes, with several hosts or TLS (`sslmode=verify-full`) if need be, and may have the option
    `schema`. It takes PostgreSQL 12 or newer.
    Every failure is a `StoreError`, within a few seconds; the next call connects anew. Where a connection breaks off
    while a document is saved, it may have been saved all the same: whoever tries again finds it there.
    Raises `SettingsError` for an address or a schema that is none, and where the extra `postgres` is missing.
    """

    system = "postgresql"

    def __init__(self, url: str, *, schema: str = "handoff") -> None:
        self._address = Address(url, schemes=("postgresql", "postgres"), own="schema")
        self._schema = self._address.own or schema
        if not re.fullmatch("[a-z_][a-z0-9_]{0,62}", self._schema):
            raise SettingsError("the store's schema is a name of a-z, 0-9 and _, for example handoff")
        self._pools = PerLoop(str(self._address), self._open)

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        async with self._connected() as connection:
            row = await connection.fetchrow(self._sql(sql.LOAD), id_.encode())
            return Stored(row["revision"], row["document"].decode()) if row else None

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
        statement = self._sql(sql.CREATE if expected is None else sql.UPDATE)
        async with self._connected() as connection:
            tags = [tag.encode() for tag in terms.tags]
            last = () if expected is None else (expected,)
            entry = None if terms.entry is None else terms.entry.encode()
            values = (
                id_.encode(),
                revision,
                document.encode(),
                terms.keep,
                HISTORY_SECONDS,
                entry,
                tags,
                *last,
            )
            try:
                return bool(await connection.fetchval(statement, *values))
            except asyncpg.SerializationError:  # where the database's own default is a stricter isolation
                return False

    async def after(self, id_: str, limit: int = 200) -> list[tuple[str, Stored]]:
        """The next documents behind `id_` in the order of their ids, with these; "" for the first ones."""
        async with self._connected() as connection:
            rows = await connection.fetch(self._sql(sql.AFTER), id_.encode(), limit)
            return [(row["id"].decode(), Stored(row["revision"], row["document"].decode())) for row in rows]

    async def history(self, id_: str) -> list[str]:
        """The entries of `id_`, the oldest first."""
        return await self._texts(sql.HISTORY, id_)

    async def tagged(self, tag: str) -> list[str]:
        """The ids that were saved with `tag`."""
        return await self._texts(sql.TAGGED, tag)

    async def delete(self, id_: str, *, entry: str | None = None) -> None:
        """Forget a conversation, but not its history, to which `entry` is added."""
        async with self._connected() as connection, connection.transaction():
            await connection.execute(self._sql(sql.FORGET), id_.encode())
            if entry is not None:
                await connection.execute(self._sql(sql.ENTER), id_.encode(), HISTORY_SECONDS, entry.encode())
            await connection.execute(f"{self._sql(sql.FORGET_TAGS)} AND id = $1", id_.encode())

    async def sweep(self) -> int:
        """Free the space of what is no longer kept; PostgreSQL's own vacuum makes use of it."""
        async with self._connected() as connection, connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", sql.SWEEPING):
                return 0
            gone = int(await connection.fetchval(self._sql(sql.SWEEP)))
            await connection.execute(self._sql(sql.SWEEP_HISTORY))
            await connection.execute(self._sql(sql.FORGET_TAGS))
            return gone

    async def close(self) -> None:
        """Close the connections; every later call raises `StoreError`."""
        await self._pools.close()

    def _sql(self, statement: str) -> str:
        return statement.format(schema=f'"{self._schema}"')

    async def _texts(self, statement: str, value: str) -> list[str]:
        async with self._connected() as connection:
            return [row[0].decode() for row in await connection.fetch(self._sql(statement), value.encode())]

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Pool]:
        pool = asyncpg.create_pool(
            self._address.for_driver,
            min_size=0,
            max_size=CONNECTIONS,
            timeout=SECONDS,
            command_timeout=SECONDS,
            reset=_nothing,
            server_settings={"application_name": "live-agent-handoff"},
        )
        try:
            await pool
            async with pool.acquire(timeout=WAITING_SECONDS) as connection:
                await make_schema(connection, self._schema, str(self._address))
            yield pool
        finally:
            with suppress(TimeoutError):  # those that are still at work are broken off
                await asyncio.wait_for(pool.close(), CLOSING_SECONDS)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[PoolConnectionProxy]:
        try:
            pool = await self._pools.get()
            async with pool.acquire(timeout=WAITING_SECONDS) as connection:
                yield connection
        except TimeoutError as error:
            raise StoreError(f"{self._address}: the database does not answer") from error
        except UnicodeError as error:
            raise StoreError(f"{self._address}: what is no text in UTF-8 cannot be kept") from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            # The first line alone: what follows may quote what was to be written.
            told = str(error).partition("\n")[0]
            raise StoreError(f"{self._address}: conversations cannot be kept here: {told}") from error


async def _nothing(_: object) -> None:
    """No call leaves anything behind in its session, so there is nothing to ask the server to reset."""
