"""Conversations in Redis or Valkey, shared by any number of processes and machines."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from agent.errors import SettingsError, StoreError
from agent.extras import needs_extra
from agent.stores.address import Address
from agent.stores.base import HISTORY_SECONDS, PLAIN, Stored, Terms
from agent.stores.per_loop import PerLoop

with needs_extra("A store in Redis", "redis"):
    from redis.asyncio import BlockingConnectionPool, Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.commands.core import AsyncScript
    from redis.exceptions import RedisError
    from redis.exceptions import TimeoutError as RedisTimeoutError

SECONDS = 5.0
"""How long one try to connect, and one answer, may take."""
WAITING_SECONDS = 30.0
"""How long a call waits for one of this process's connections while others use them."""
CONNECTIONS = 20
"""At most, for each event loop of a process."""
SCHEMA_VERSION = 1
_SWEPT_AT_ONCE = 1000

_SCRIPT = files("agent.stores").joinpath("redis.lua").read_text()


class RedisStore:
    """Keys that begin with `prefix`, at `url`: redis://, rediss:// (TLS), with the option `prefix` if need be.

    It takes Redis 6 or newer, or Valkey, that evicts nothing (`maxmemory-policy noeviction`); what it loses in a
    crash is what its persistence was not told to keep. No cluster: keys of one step have to be in one place.
    Every failure is a `StoreError`, within a few seconds; the next call connects anew. Where a connection breaks off
    while a document is saved, it may have been saved all the same: whoever tries again finds it there.
    Raises `SettingsError` for an address that is none, and where the extra `redis` is missing.
    """

    system = "redis"

    def __init__(self, url: str, *, prefix: str = "handoff:") -> None:
        self._address = Address(url, schemes=("redis", "rediss"), own="prefix")
        self._prefix = self._address.own or prefix
        try:
            self._make_client().connection_pool.make_connection()  # type: ignore[no-untyped-call]  # connects nowhere yet
        except (RedisError, ValueError, TypeError) as error:
            raise SettingsError(f"{self._address}: the address or an option of it is wrong") from error
        self._scripts = PerLoop(str(self._address), self._open)

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        found = await self._do("load", id_)
        return Stored(int(found[0]), found[1].decode()) if found[0] else None

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
        keep = "" if terms.keep is None else _milliseconds(terms.keep)
        values = ["" if expected is None else expected, keep, *_entered(terms.entry), *terms.tags]
        return bool(await self._do("save", id_, revision, document, *values))

    async def after(self, id_: str, limit: int = 200) -> list[tuple[str, Stored]]:
        """The next documents behind `id_` in the order of their ids, with these; "" for the first ones."""
        found = iter(await self._do("after", id_, limit))
        return [
            (key.decode(), Stored(int(revision), document.decode()))
            for key, revision, document in zip(found, found, found, strict=True)
        ]

    async def history(self, id_: str) -> list[str]:
        """The entries of `id_`, the oldest first."""
        found = await self._do("history", id_, _milliseconds(HISTORY_SECONDS))
        return [entry.partition(b" ")[2].decode() for entry in found]

    async def tagged(self, tag: str) -> list[str]:
        """The ids that were saved with `tag`."""
        return sorted(id_.decode() for id_ in await self._do("tagged", tag))

    async def delete(self, id_: str, *, entry: str | None = None) -> None:
        """Forget a conversation, but not its history, to which `entry` is added."""
        await self._do("delete", id_, *_entered(entry))

    async def sweep(self) -> int:
        """Take what Redis has let go by itself out of the order of ids."""
        gone = 0
        while swept := int(await self._do("sweep", "", _SWEPT_AT_ONCE)):
            gone += swept
        return gone

    async def close(self) -> None:
        """Close the connections; every later call raises `StoreError`."""
        await self._scripts.close()

    async def _do(self, *arguments: str | int) -> Any:
        try:
            script = await self._scripts.get()
            return await script(keys=[self._prefix], args=arguments)
        except (RedisTimeoutError, TimeoutError) as error:
            raise StoreError(f"{self._address}: Redis does not answer") from error
        except UnicodeError as error:
            raise StoreError(f"{self._address}: what is no text in UTF-8 cannot be kept") from error
        except (RedisError, OSError) as error:
            raise StoreError(f"{self._address}: conversations cannot be kept here: {error}") from error

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[AsyncScript]:
        async with self._make_client() as client:
            script = client.register_script(_SCRIPT)
            version = int(await script(keys=[self._prefix], args=["open", "", SCHEMA_VERSION]))
            if version > SCHEMA_VERSION:
                raise StoreError(
                    f"{self._address}: {self._prefix}… was written by a newer version of this program (schema"
                    f" {version}, this one knows {SCHEMA_VERSION}); upgrade it, or give another prefix"
                )
            yield script

    def _make_client(self) -> Redis:
        pool = BlockingConnectionPool.from_url(
            self._address.for_driver,
            max_connections=CONNECTIONS,
            timeout=WAITING_SECONDS,
            socket_connect_timeout=SECONDS,
            socket_timeout=SECONDS,
            retry=Retry(NoBackoff(), 0),  # what was written may be written already
            protocol=2,  # with 3, redis-py 8 no longer looks whether the server has ended an idle connection
        )
        return Redis.from_pool(pool)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _entered(entry: str | None) -> Sequence[str | int]:
    return _milliseconds(HISTORY_SECONDS), "" if entry is None else f"={entry}"
