"""HTTP clients for each running event loop: connections cannot move from one loop to another."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_CLOSING = 5.0  # seconds that another loop gets to close its clients
_AT_ONCE = 25  # calls of one client; its pool looks at each connection for each request, so hundreds cost


@dataclass(slots=True)
class _Lent:
    client: "AsyncOpenAI"
    calls: int = 0


class Clients:
    """Makes clients with `make` where a loop needs its first one, or another one because all are busy."""

    def __init__(self, make: Callable[[], "AsyncOpenAI"]) -> None:
        self._make = make
        self._clients: dict[AbstractEventLoop, list[_Lent]] = {}

    @contextmanager
    def lend(self) -> Iterator["AsyncOpenAI"]:
        """A client of the running loop, for one call."""
        lent = self._free()
        lent.calls += 1
        try:
            yield lent.client
        finally:
            lent.calls -= 1

    def _free(self) -> _Lent:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            # Nobody can close what belongs to a loop that has ended; its sockets go with the last reference.
            self._clients = {key: lent for key, lent in self._clients.items() if not key.is_closed()}
            self._clients[loop] = []
        here = self._clients[loop]
        free = next((lent for lent in here if lent.calls < _AT_ONCE), None)
        if free is None:
            free = _Lent(self._make())
            here.append(free)
        return free

    async def close(self) -> None:
        """Close the clients of all loops that still run, each on its own."""
        here = asyncio.get_running_loop()
        clients, self._clients = self._clients, {}
        for loop, lent in clients.items():
            if loop is here:
                await _close(lent)
            elif loop.is_running():
                closing = asyncio.run_coroutine_threadsafe(_close(lent), loop)
                await asyncio.wait([asyncio.wrap_future(closing)], timeout=_CLOSING)


async def _close(lent: list[_Lent]) -> None:
    await asyncio.gather(*(one.client.close() for one in lent))
