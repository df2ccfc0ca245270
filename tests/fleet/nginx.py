"""A real nginx with the very configuration of deploy/, before servers on ports of their own."""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
# Debian has it where an ordinary account does not look.
PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class Nginx(NamedTuple):
    url: str
    trust: ssl.SSLContext
    plain_url: str
    command: Sequence[str]

    def reload(self) -> None:
        """Read the configuration again, as an administrator has it done."""
        subprocess.run([*self.command, "-s", "reload"], check=True, capture_output=True, timeout=30)  # noqa: S603


def free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as open_:
        sockets = [open_.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [one.getsockname()[1] for one in sockets]


@contextlib.contextmanager
def nginx(folder: Path, ports: Sequence[int]) -> Iterator[Nginx]:
    """While this holds, nginx passes requests on to `ports` of this machine."""
    if PROGRAM is None:
        pytest.skip("no nginx here: Debian's package is nginx-light")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "privkey.pem")
    for number, part in enumerate(certificate.cert_chain_pems):
        part.write_to_path(folder / "fullchain.pem", append=number > 0)
    secure, plain = free_ports(2)
    (folder / "nginx.conf").write_text(_moved(folder, ports, secure, plain), "utf-8")
    command = [PROGRAM, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    in_front = [*command, "-g", "daemon off;"]
    with subprocess.Popen(in_front, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as started:  # noqa: S603
        try:
            _wait_until_it_listens(started, secure)
            trust = ssl.create_default_context()
            authority.configure_trust(trust)
            yield Nginx(f"https://localhost:{secure}", trust, f"http://localhost:{plain}", command)
        finally:
            started.terminate()


def _moved(folder: Path, ports: Sequence[int], secure: int, plain: int) -> str:
    """The configuration with its places and ports changed, and nothing else."""
    text = CONFIGURATION.read_text("utf-8")
    server = re.search(r"server handoff-1:8080 ([^;]*);", text)
    assert server
    servers = "\n".join(f"server 127.0.0.1:{port} {server[1]};" for port in ports)
    for pattern, instead, times in (
        (r"server handoff-1:8080 .*", servers, 1),
        (r"server handoff-2:8080 .*", "", 1),
        (r"listen 443 ", f"listen 127.0.0.1:{secure} ", 1),
        (r"listen 80;", f"listen 127.0.0.1:{plain};", 1),
        (r"/etc/nginx/tls/", f"{folder}/", 2),
        (r"/tmp/nginx", f"{folder}/nginx", 6),  # noqa: S108 — a container's own
    ):
        text, found = re.subn(pattern, instead, text)
        assert found == times, pattern
    return text


def _wait_until_it_listens(started: "subprocess.Popen[str]", port: int) -> None:
    while True:
        assert started.poll() is None, started.stdout and started.stdout.read()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
