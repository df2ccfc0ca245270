"""The stand-in appliance for tests, over real HTTP on a free port of this machine.

    with running_appliance() as appliance:
        appliance.url, appliance.ca_file, appliance.client_id, appliance.client_secret   # what a client is given
        appliance.faults.add("cut", on="command", times=1)                               # what goes wrong
        appliance.sessions.last.external_key, appliance.keys.all                         # what it has seen

The certificate is made once for all tests.
"""

import atexit
import functools
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx2

from agent.appliance import serve
from agent.appliance.app import Appliance
from agent.appliance.dialect import Dialect
from agent.appliance.events import OutboundEvents
from agent.appliance.faults import Faults
from agent.appliance.keys import Keys
from agent.appliance.limits import RateLimits
from agent.appliance.oauth import Accounts
from agent.appliance.sessions import Sessions
from agent.appliance.site import Site


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Running:
    """A stand-in that runs; its parts may be looked at and changed meanwhile."""

    appliance: Appliance
    url: str
    ca_file: Path | None

    @property
    def site(self) -> Site:
        return self.appliance.site

    @property
    def faults(self) -> Faults:
        return self.appliance.faults

    @property
    def sessions(self) -> Sessions:
        return self.appliance.sessions

    @property
    def keys(self) -> Keys:
        return self.appliance.keys

    @property
    def accounts(self) -> Accounts:
        return self.appliance.accounts

    @property
    def limits(self) -> RateLimits:
        return self.appliance.limits

    @property
    def events(self) -> OutboundEvents:
        return self.appliance.events

    @property
    def client_id(self) -> str:
        return next(iter(self.accounts)).client_id

    @property
    def client_secret(self) -> str:
        return self.secret(self.client_id)

    def secret(self, client_id: str) -> str:
        """The secret of another account: read-only, no-reporting, no-configuration, no-commands."""
        return self.accounts[client_id].client_secret or ""

    def get(self, path: str, **options: Any) -> httpx2.Response:
        """A plain GET, as a browser would make it; redirects are followed."""
        return self.request("GET", path, follow_redirects=True, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """One request on a connection of its own."""
        verify = _tls()[1] if self.ca_file else False
        with httpx2.Client(base_url=self.url, verify=verify, trust_env=False, timeout=10) as client:
            return client.request(method, path, **options)

    def token(self, account: str = "full") -> str:
        """A token that is valid for an hour."""
        answer = self.request(
            "POST",
            "/oauth2/token",
            auth=(account, self.secret(account)),
            data={"grant_type": "client_credentials"},
        )
        return str(answer.raise_for_status().json()["access_token"])

    def api(self, method: str, path: str, *, account: str = "full", **options: Any) -> httpx2.Response:
        """A request with a new token of `account`."""
        headers = {"authorization": f"Bearer {self.token(account)}"} | options.pop("headers", {})
        return self.request(method, path, headers=headers, **options)

    def command(self, action: str, *, account: str = "full", **parameters: str) -> ET.Element:
        """An XML command's answer. `session_custom_external_key` and the like stand for names with dots."""
        named = {_dotted(name): value for name, value in parameters.items()}
        return xml(self.api("POST", "/api/command", account=account, data={"action": action, **named}))

    def report(self, *, account: str = "full", **parameters: str) -> ET.Element:
        """The answer to `generate_report=SupportSession`."""
        wanted = {"generate_report": "SupportSession", **parameters}
        return xml(self.api("GET", "/api/reporting", account=account, params=wanted))


@contextmanager
def running_appliance(
    site: Site | None = None,
    *,
    tls: bool = True,
    dialect: Dialect | None = None,
    events: str | None = None,
    clock: Callable[[], float] | None = None,
) -> Iterator[Running]:
    """A stand-in that runs until the block ends. `tls=False`: plain HTTP, to look at the wire."""
    appliance = Appliance(site, dialect=dialect, events=events, **({"clock": clock} if clock else {}))
    server_side, _, ca_file = _tls() if tls else (None, None, None)
    with serve.in_thread(appliance, tls=server_side) as url:
        yield Running(appliance, url, ca_file)


def xml(answer: httpx2.Response) -> ET.Element:
    """The root of an XML answer, without namespaces."""
    root = ET.fromstring(answer.content)  # noqa: S314 - our own server's
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _dotted(name: str) -> str:
    for prefix in ("session_custom_", "session_", "customer_"):
        if name.startswith(prefix):
            return prefix.replace("_", ".") + name.removeprefix(prefix)
    return name


@functools.cache
def _tls() -> tuple[ssl.SSLContext, ssl.SSLContext, Path]:
    """The server's side, the client's side, and the authority's file."""
    folder = tempfile.TemporaryDirectory(prefix="appliance-")
    atexit.register(folder.cleanup)
    ca_file = Path(folder.name) / "ca.pem"
    server_side = serve.throw_away_tls(ca_file)
    return server_side, ssl.create_default_context(cafile=str(ca_file)), ca_file
