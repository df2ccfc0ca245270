"""A server that ends without losing a turn: it says that it is not ready, finishes what is running, and closes."""

import asyncio
import signal
import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from agent.server.service import Service
from agent.serving import BACKLOG, quiet_config

MORE_SECONDS = 5
"""What a turn that is running at the end gets beside the time limit of turns."""


class PatientServer(uvicorn.Server):
    """Ends at a signal: /readyz says so at once, for `drain` seconds everything is served, then what runs is finished.

    A second signal cuts the drain short; a second Ctrl-C cuts everything short.
    """

    def __init__(self, app: FastAPI, *, seconds: float) -> None:
        """`seconds` are what a turn may take, at most."""
        # A turn's model and target share that time; as much again is for a store that is slow.
        super().__init__(
            quiet_config(app, grace=int(2 * seconds) + MORE_SECONDS, lifespan="on", backlog=BACKLOG)
        )
        self._service: Service = app.state.service
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal."""
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Take a signal; the process ends by itself afterwards, with exit code 0."""
        again, self._service.draining = self._service.draining, True
        drain = self._service.settings.drain
        if again or not drain or self._loop is None:
            self.force_exit = again and self.should_exit and sig == signal.SIGINT
            self.should_exit = True
        else:
            self._loop.call_soon_threadsafe(self._loop.call_later, drain, self._end)

    def _end(self) -> None:
        self.should_exit = True
