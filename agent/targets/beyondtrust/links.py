"""Links into the portal, and which ones are ours (promise 3)."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode, urlsplit

from agent.catalogue.schema import Queue

_START = "/api/start_session"
_ACCESS_KEY = re.compile(r"ak=[0-9a-fA-F]{32}")


def start_link(host: str, values: Mapping[str, str]) -> str:
    """The link that starts a session on `host` with exactly these parameters."""
    return f"https://{host}{_START}?{urlencode(values, quote_via=quote, safe='')}"


def hosts_of(host: str, queues: Iterable[Queue]) -> frozenset[str]:
    """The target's host and those that queues have of their own."""
    own = (queue.beyondtrust.host for queue in queues if queue.beyondtrust)
    return frozenset([host, *filter(None, own)])


def is_ours(url: str, hosts: frozenset[str]) -> bool:
    """Whether `url` starts a session on one of `hosts`: a start link, or a key's own `/?ak=…`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    right_place = parts.path == _START or (
        parts.path in ("", "/") and _ACCESS_KEY.fullmatch(parts.query) is not None
    )
    host = parts.netloc.lower().removesuffix(":443")
    return parts.scheme == "https" and host in hosts and right_place and not parts.fragment
