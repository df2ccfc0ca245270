"""The address of a server that keeps conversations, and what of it may be told."""

from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from agent.errors import SettingsError


class Address:
    """An URL such as ``postgresql://name:password@host/database?schema=helpdesk``; its text has no password.

    `schemes` are the ones that fit, the first is told; `own` is the one option that is the store's and not the
    driver's. Raises `SettingsError`.
    """

    def __init__(self, url: str, *, schemes: tuple[str, ...], own: str) -> None:
        parts = urlsplit(url.strip())
        if parts.scheme in schemes and "@" in f"{parts.path}{parts.query}{parts.fragment}":
            raise SettingsError(
                "the store's address has an @ too many: in a name or a password, @ is written %40, / %2F, ? %3F, # %23"
            )
        if parts.scheme not in schemes or not _has_good_port(parts):
            raise SettingsError(f"the store's address is none: it looks like {schemes[0]}://host/database")
        options = parse_qsl(parts.query, keep_blank_values=True)
        self.own = dict(options).get(own)
        """The store's own option, or None."""
        self.for_driver = urlunsplit(
            parts._replace(query=urlencode([pair for pair in options if pair[0] != own]), fragment="")
        )
        """The whole URL but for that option, with the password."""
        self._told = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def __str__(self) -> str:
        """Scheme, host and path."""
        return self._told


def _has_good_port(parts: SplitResult) -> bool:
    # libpq takes several hosts, each with a port of its own.
    ports = [host.rpartition("]")[2].partition(":")[2] for host in parts.netloc.rpartition("@")[2].split(",")]
    return all(not port or (port.isdecimal() and int(port) < 65536) for port in ports)
