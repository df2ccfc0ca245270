"""Any store within bounds: its answer comes in time, or it is a `StoreError`, whatever somebody else's store raises."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from agent.errors import StoreError
from agent.stores.base import Store, Stored

T = TypeVar("T")


class BoundedStore:
    """`store`, each call of which takes at most `seconds`.

    What was given up may be carried out all the same, later: to the next call that is a change by another writer.
    """

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        return await self._answer(self._store.load(id_))

    async def save(
        self, id_: str, document: str, *, revision: int, expected: int | None, **more: Any
    ) -> bool:
        """Write `document` as `revision`, if what is kept has the revision `expected` (None: nothing kept)."""
        return await self._answer(
            self._store.save(id_, document, revision=revision, expected=expected, **more)
        )

    async def delete(self, id_: str) -> None:
        """Forget a conversation; it is no error if there is none."""
        await self._answer(self._store.delete(id_))

    async def close(self) -> None:
        """Free what the store holds."""
        await self._store.close()

    async def _answer(self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._seconds):
                return await call
        except StoreError:
            raise
        except TimeoutError:
            raise StoreError(f"the store did not answer within {self._seconds:.3g} s") from None
        except Exception as error:
            raise StoreError(f"the store failed with {type(error).__name__}") from error
