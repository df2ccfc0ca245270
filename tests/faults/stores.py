"""A store that fails at a call of the test's choice."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from agent.errors import StoreError
from agent.stores.base import Store, Stored

T = TypeVar("T")
How = Literal["refuses", "breaks", "hangs", "forgets to answer", "says nothing of it"]
"""Before it has done anything: a `StoreError`, another error, no answer; or afterwards: no answer, an error."""


class FailingStore:
    """`store`, but for the call number `at` (counted from 1, loads and saves together), which fails `how`."""

    def __init__(self, store: Store, at: int, how: How) -> None:
        self._store, self._at, self._how = store, at, how
        self.calls = 0

    @property
    def struck(self) -> bool:
        return self.calls >= self._at

    async def load(self, id_: str) -> Stored | None:
        return await self._call(lambda: self._store.load(id_))

    async def save(self, id_: str, document: str, **more: Any) -> bool:
        return await self._call(lambda: self._store.save(id_, document, **more))

    async def after(self, id_: str, limit: int = 200) -> list[tuple[str, Stored]]:
        return await self._store.after(id_, limit)

    async def history(self, id_: str) -> list[str]:
        return await self._store.history(id_)

    async def tagged(self, tag: str) -> list[str]:
        return await self._store.tagged(tag)

    async def delete(self, id_: str, *, entry: str | None = None) -> None:
        await self._store.delete(id_, entry=entry)

    async def sweep(self) -> int:
        return await self._store.sweep()

    async def close(self) -> None:
        await self._store.close()

    async def _call(self, call: Callable[[], Awaitable[T]]) -> T:
        self.calls += 1
        if self.calls != self._at:
            return await call()
        match self._how:
            case "refuses":
                raise StoreError("/var/lib/chats.db: the disk is full")
            case "breaks":
                raise ConnectionError("rosebud")
            case "hangs":
                await asyncio.sleep(60)
            case "forgets to answer":
                await call()
                await asyncio.sleep(60)
            case "says nothing of it":
                await call()
        raise StoreError("gone in the middle")
