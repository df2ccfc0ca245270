"""One connection pool for each running event loop: connections cannot move from one loop to another."""

import asyncio
import threading
from asyncio import AbstractEventLoop, Task
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from agent.errors import StoreError

CLOSING_SECONDS = 5.0
"""That a pool gets to close."""

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Opens with `open_` where a loop needs its first one; `name` is told in errors.

    All that wait for the same attempt share its outcome; one that failed is made again at the next call.
    """

    def __init__(
        self, name: str, open_: Callable[[], Coroutine[Any, Any, T]], close: Callable[[T], Awaitable[None]]
    ) -> None:
        self._name = name
        self._open = open_
        self._close_one = close
        self._opened: dict[AbstractEventLoop, Task[T]] = {}
        self._lock = threading.Lock()
        self._closed = False

    async def get(self) -> T:
        """The one of the running loop. Raises `StoreError` after `close`, and what `open_` raises."""
        # Who waits may be cancelled; the others wait on.
        return await asyncio.shield(self._opening())

    def _opening(self) -> Task[T]:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._name}: this store was closed")
            task = self._opened.get(loop)
            if task is None or (task.done() and (task.cancelled() or task.exception())):
                # Nobody can close what belongs to a loop that has ended; its sockets go with the last reference.
                self._opened = {key: kept for key, kept in self._opened.items() if not key.is_closed()}
                task = self._opened[loop] = loop.create_task(self._open())
            return task

    async def close(self) -> None:
        """Close those of all loops that still run, each on its own. May be called again."""
        here = asyncio.get_running_loop()
        with self._lock:
            self._closed = True
            opened, self._opened = self._opened, {}
        for loop, task in opened.items():
            if loop is here:
                await self._close(task)
            elif loop.is_running():
                closing = asyncio.run_coroutine_threadsafe(self._close(task), loop)
                await asyncio.wait([asyncio.wrap_future(closing)], timeout=CLOSING_SECONDS)

    async def _close(self, task: Task[T]) -> None:
        await asyncio.wait([task])
        if not task.cancelled() and not task.exception():
            await self._close_one(task.result())
