"""Servers that are none: the address of each, for as long as the block lasts."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trustme

NOWHERE = "nowhere.invalid:443"
"""A name that nobody can have (RFC 6761)."""


@asynccontextmanager
async def _serving(answer: bytes | None, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that says `answer` to whatever comes, and then hangs up; with None it says nothing at all."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(2**16)
        if answer is None:
            await ended.wait()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"localhost:{server.sockets[0].getsockname()[1]}"
    finally:
        ended.set()
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def silent() -> AsyncIterator[str]:
    """Takes connections and says nothing."""
    async with _serving(None) as address:
        yield address


@asynccontextmanager
async def hanging_up() -> AsyncIterator[str]:
    """Ends every connection at the first byte."""
    async with _serving(b"") as address:
        yield address


@asynccontextmanager
async def garbage() -> AsyncIterator[str]:
    """Speaks neither TLS nor HTTP."""
    async with _serving(b"220 mail.example.com ESMTP\r\n") as address:
        yield address


@asynccontextmanager
async def untrusted() -> AsyncIterator[str]:
    """TLS with a certificate that nobody trusts."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(tls)
    async with _serving(b"HTTP/1.1 200 OK\r\n\r\n", tls) as address:
        yield address


@asynccontextmanager
async def refusing() -> AsyncIterator[str]:
    """A port where nobody listens."""
    async with _serving(b"") as address:
        pass
    yield address


@asynccontextmanager
async def unknown() -> AsyncIterator[str]:
    """A name that cannot be resolved."""
    yield NOWHERE
