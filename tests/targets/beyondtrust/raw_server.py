"""A TLS server on loopback that answers each request with bytes of the test's choice."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

TOKEN = json.dumps(
    {"access_token": "sesame-of-the-test", "token_type": "Bearer", "expires_in": 3600}
).encode()
Answer = Callable[[str], bytes]
"""Gets the request (head and body as text), gives the raw answer; empty closes the connection."""


class RawServer:
    """`host` is what goes into a catalogue, `ca_file` what signs its certificate, `requests` what came in."""

    def __init__(self, answer: Answer, ca_file: Path) -> None:
        self.answer = answer
        self.ca_file = ca_file
        self.host = ""
        self.requests: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"^content-length: (\d+)", head, re.IGNORECASE | re.MULTILINE)
        request = head + (await reader.readexactly(int(length[1]) if length else 0)).decode()
        self.requests.append(request)
        writer.write(self.answer(request))
        await writer.drain()
        writer.close()  # one request a connection, as the vendor asks for


def reply(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def with_token(answer: Answer) -> Answer:
    """`answer`, behind a token endpoint that works."""
    return lambda request: reply(TOKEN) if request.startswith("POST /oauth2/token") else answer(request)


@asynccontextmanager
async def raw_server(answer: Answer) -> AsyncIterator[RawServer]:
    """A server that runs until the block ends."""
    with TemporaryDirectory() as folder:
        authority = trustme.CA()
        ca_file = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(ca_file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        running = RawServer(answer, ca_file)
        server = await asyncio.start_server(running.serve, "127.0.0.1", 0, ssl=context)
        async with server:
            running.host = f"localhost:{server.sockets[0].getsockname()[1]}"
            yield running
