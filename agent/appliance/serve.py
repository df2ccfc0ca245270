"""The stand-in on a port of this machine, with or without TLS."""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import trustme
import uvicorn

from agent.appliance.app import HOSTS, Appliance
from agent.errors import InputError
from agent.serving import TCP, quiet_server

LOOPBACK = "127.0.0.1"
_PEM = b"-----BEGIN CERTIFICATE-----"


class Listener(socket.socket):
    """A listening socket that knows its connections, also those on which nothing was asked yet."""

    def __init__(self) -> None:
        super().__init__(socket.AF_INET, *TCP)
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection."""
        connection, address = super().accept()
        self._open.add(connection)
        return connection, address

    async def hang_up(self) -> None:
        """End the connections that are left: a browser keeps some open, and a loop that ends must have none."""
        while left := [connection for connection in self._open if connection.fileno() != -1]:
            for connection in left:
                with contextlib.suppress(OSError):  # it ended by itself meanwhile
                    connection.shutdown(socket.SHUT_RDWR)
            await asyncio.sleep(0.005)


def listen(port: int) -> Listener:
    """A socket on `port` of the loopback address, or on a free one for 0. Raises `InputError` if it is taken."""
    listener = Listener()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise InputError(
            f"port {port} of {LOOPBACK} cannot be used ({error.strerror}): choose another one with --port, "
            "or --port 0 for any free one"
        ) from None
    return listener


def throw_away_tls(ca_file: Path) -> ssl.SSLContext:
    """TLS for localhost with a certificate made now; its authority, which nothing trusts, goes to `ca_file`.

    Raises `InputError` where `ca_file` holds something else.
    """
    if ca_file.exists() and not ca_file.read_bytes().startswith(_PEM):
        raise InputError(
            f"{ca_file}: this file is no certificate, so it is not overwritten: name another one"
        )
    authority = trustme.CA(organization_name="Stand-in appliance, for tests only")
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(context)
    return context


def server(appliance: Appliance, tls: ssl.SSLContext | None) -> uvicorn.Server:
    """A server for `appliance`, to be run with a socket of `listen`. It logs nothing by itself."""
    return quiet_server(
        appliance.app,
        grace=1,
        lifespan="on",
        h11_max_incomplete_event_size=2**18,
        ssl_context_factory=(lambda _config, _default: tls) if tls else None,
    )


def run(running: uvicorn.Server, listener: Listener) -> None:
    """Serve until `running.should_exit`, or a signal."""

    async def serve() -> None:
        await running.serve([listener])
        await listener.hang_up()

    asyncio.run(serve())


@contextlib.contextmanager
def in_thread(appliance: Appliance, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """While this holds, `appliance` is served by a thread; gives its address. For tests."""
    listener = listen(port)
    address = f"{'https' if tls else 'http'}://localhost:{listener.getsockname()[1]}"
    running = server(appliance, tls)
    thread = threading.Thread(target=run, args=(running, listener), daemon=True)
    thread.start()
    try:
        while not running.started:
            if not thread.is_alive():
                raise RuntimeError("the stand-in appliance did not start")
            time.sleep(0.005)
        yield address
    finally:
        running.should_exit = True
        thread.join()
        listener.close()
