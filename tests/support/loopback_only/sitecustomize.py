"""Loaded by every Python that a test starts: such a process may connect to loopback only, too."""

import socket
from typing import Any

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_connect = socket.socket.connect


def _only_loopback(self: socket.socket, address: Any) -> None:
    if isinstance(address, tuple) and address[0] not in _LOOPBACK:
        raise OSError(f"tests may not connect to {address[0]}")
    _connect(self, address)


socket.socket.connect = _only_loopback  # type: ignore[assignment,method-assign]  # that is the point
