"""One connection pool for each running event loop: connections cannot move from one loop to another."""

import asyncio
import threading
from asyncio import AbstractEventLoop, Task
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Generic, NamedTuple, TypeVar

from agent.errors import StoreError

CLOSING_SECONDS = 5.0
"""That a pool gets to close."""

T = TypeVar("T")


class _Opened(NamedTuple, Generic[T]):
    manager: AbstractAsyncContextManager[T]
    entered: Task[T]


class PerLoop(Generic[T]):
    """Opens one with `open_` where a loop needs its first; `name` is told in errors.

    All that wait for the same attempt share its outcome; one that failed is made again at the next call. `open_` is
    made by `asynccontextmanager`: a loop that ends closes its asynchronous generators, and so what was opened there.
    """

    def __init__(self, name: str, open_: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._name = name
        self._open = open_
        self._opened: dict[AbstractEventLoop, _Opened[T]] = {}
        self._lock = threading.Lock()
        self._closed = False

    async def get(self) -> T:
        """The one of the running loop. Raises `StoreError` after `close`, and what `open_` raises."""
        # Who waits may be cancelled; the others wait on.
        return await asyncio.shield(self._opening().entered)

    def _opening(self) -> _Opened[T]:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._name}: this store was closed")
            opened = self._opened.get(loop)
            if opened is None or _failed(opened.entered):
                self._opened = {key: kept for key, kept in self._opened.items() if not key.is_closed()}
                manager = self._open()
                entered = loop.create_task(_enter(manager))
                opened = self._opened[loop] = _Opened(manager, entered)
            return opened

    async def close(self) -> None:
        """Close those of all loops that still run, each on its own. May be called again."""
        here = asyncio.get_running_loop()
        with self._lock:
            self._closed = True
            opened, self._opened = self._opened, {}
        for loop, one in opened.items():
            if loop is here:
                await _close(one)
            elif loop.is_running():
                closing = asyncio.run_coroutine_threadsafe(_close(one), loop)
                await asyncio.wait([asyncio.wrap_future(closing)], timeout=CLOSING_SECONDS)


async def _enter(manager: AbstractAsyncContextManager[T]) -> T:
    return await manager.__aenter__()


async def _close(one: _Opened[T]) -> None:
    await asyncio.wait([one.entered])
    if not _failed(one.entered):
        await one.manager.__aexit__(None, None, None)


def _failed(entered: Task[T]) -> bool:
    return entered.done() and (entered.cancelled() or entered.exception() is not None)
