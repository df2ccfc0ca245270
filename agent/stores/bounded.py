"""Any store within bounds: its answer comes in time, or it is a `StoreError`, whatever somebody else's store raises."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from agent.errors import StoreError
from agent.stores.base import PLAIN, Store, Stored, Terms
from agent.telemetry.spans import span

T = TypeVar("T")


class BoundedStore:
    """`store`, each call of which takes at most `seconds`; `sweep` takes as long as it takes, nobody waits for it.

    What was given up may be carried out all the same, later: to the next call that is a change by another writer.
    """

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        return await self._answer("load", self._store.load(id_))

    async def save(
        self, id_: str, document: str, *, revision: int, expected: int | None, terms: Terms = PLAIN
    ) -> bool:
        """Write `document` as `revision`, if what is kept has the revision `expected`; see `Store.save`."""
        saving = self._store.save(id_, document, revision=revision, expected=expected, terms=terms)
        return await self._answer("save", saving)

    async def after(self, id_: str, limit: int = 200) -> list[tuple[str, Stored]]:
        """The next documents behind `id_`."""
        return await self._answer("after", self._store.after(id_, limit))

    async def history(self, id_: str) -> list[str]:
        """The entries of `id_`."""
        return await self._answer("history", self._store.history(id_))

    async def tagged(self, tag: str) -> list[str]:
        """The ids that were saved with `tag`."""
        return await self._answer("tagged", self._store.tagged(tag))

    async def delete(self, id_: str, *, entry: str | None = None) -> None:
        """Forget a conversation, but not its history, to which `entry` is added."""
        await self._answer("delete", self._store.delete(id_, entry=entry))

    async def sweep(self) -> int:
        """Free the space of what is no longer kept."""
        return await self._within("sweep", None, self._store.sweep())

    async def close(self) -> None:
        """Free what the store holds."""
        await self._store.close()

    async def _answer(self, operation: str, call: Awaitable[T]) -> T:
        return await self._within(operation, self._seconds, call)

    async def _within(self, operation: str, seconds: float | None, call: Awaitable[T]) -> T:
        to = {"db.system.name": getattr(self._store, "system", "_OTHER"), "db.operation.name": operation}
        try:
            with span(f"handoff.store.{operation}", to, kind="CLIENT") as traced:
                async with asyncio.timeout(seconds):
                    answer = await call
                if answer is False:  # of `save`
                    traced.set({"handoff.store.conflict": True})
                return answer
        except StoreError:
            raise
        except TimeoutError:
            raise StoreError(f"the store did not answer within {seconds:.3g} s") from None
        except Exception as error:
            raise StoreError(f"the store failed with {type(error).__name__}") from error
