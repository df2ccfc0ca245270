"""`--host`: at which address of this machine a door listens."""

import ipaddress
from typing import TypeAlias

from agent.errors import InputError

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


def ip_address(host: str) -> IPAddress:
    """The address in `host`. Raises `InputError`."""
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        raise InputError(f"--host {host}: write an IP address, such as 127.0.0.1 or 0.0.0.0") from None
