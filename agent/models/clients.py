"""One HTTP client for each running event loop: connections cannot move from one loop to another."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_CLOSING = 5.0  # seconds that another loop gets to close its client


class Clients:
    """Makes clients with `make` where a loop needs its first one."""

    def __init__(self, make: Callable[[], "AsyncOpenAI"]) -> None:
        self._make = make
        self._clients: dict[AbstractEventLoop, AsyncOpenAI] = {}

    def get(self) -> "AsyncOpenAI":
        """The client of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            # Nobody can close what belongs to a loop that has ended; its sockets go with the last reference.
            self._clients = {key: client for key, client in self._clients.items() if not key.is_closed()}
            self._clients[loop] = self._make()
        return self._clients[loop]

    async def close(self) -> None:
        """Close the clients of all loops that still run, each on its own."""
        here = asyncio.get_running_loop()
        clients, self._clients = self._clients, {}
        for loop, client in clients.items():
            if loop is here:
                await client.close()
            elif loop.is_running():
                closing = asyncio.run_coroutine_threadsafe(client.close(), loop)
                await asyncio.wait([asyncio.wrap_future(closing)], timeout=_CLOSING)
