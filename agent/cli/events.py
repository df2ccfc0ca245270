"""`handoff events`: the receiver of the appliance's outbound events."""

import asyncio
import ipaddress
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.artefacts import note
from agent.catalogue.source import CatalogueSource
from agent.catalogue.view import Views
from agent.cli.notices import tell_operator, warnings_on_stderr
from agent.data import example_path
from agent.errors import InputError, SettingsError
from agent.extras import needs_extra

if TYPE_CHECKING:
    from agent.outcomes.receiver import Network
    from agent.outcomes.teams import Teams

_FILE = click.Path(path_type=Path)
_TOKEN = "HANDOFF_EVENTS_TOKEN"  # noqa: S105 - the name of a variable
_LEAST = 16  # characters of a token


@click.command()
@click.option(
    "--listen", default="127.0.0.1:8090", show_default=True, metavar="HOST:PORT", help="Port 0: any free one."
)
@click.option(
    "--out", type=_FILE, required=True, metavar="FILE", help="Where events are added, a JSON object a line."
)
@click.option(
    "--token-env",
    default=_TOKEN,
    show_default=True,
    metavar="NAME",
    help="The variable with the shared token.",
)
@click.option("--allow", multiple=True, metavar="CIDR", help="Only these networks may send; repeatable.")
@click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue; without it, the example.")
def events(*, listen: str, out: Path, token_env: str, allow: tuple[str, ...], queues: Path | None) -> None:
    """Take outbound events and keep what `handoff outcomes --events` needs of them.

    An event is answered with 200 once it is on the disk. Kept are its kind, its time, the session's id, the
    proposal's reference, and a team's name if it is one of the catalogue's; no other name and no other field.

    The appliance sends to http://HOST:PORT/events?token=TOKEN (or the token as a field of the form). It is plain
    HTTP: beyond this machine, put a server with TLS in front of it.

    \b
    Examples:
      HANDOFF_EVENTS_TOKEN=$(openssl rand -hex 16) handoff events --queues queues.yaml --out events.jsonl
      handoff events --queues queues.yaml --out events.jsonl --listen 0.0.0.0:8090 --allow 10.20.0.0/16
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    host, port = _address(listen)
    token = os.environ.get(token_env, "")
    if len(token) < _LEAST:
        raise SettingsError(
            f"{token_env}: put the token that the appliance sends into this variable, {_LEAST} characters or more"
        )
    networks = [_network(text) for text in allow]
    source = CatalogueSource(queues or example_path())
    with needs_extra("the receiver", "events"):
        from agent.outcomes.receiver import PATH, Receiver
        from agent.serving import quiet_server
    from agent.outcomes.event_file import EventFile

    with _socket(host, port, listen) as listener, warnings_on_stderr():
        file = EventFile(out)
        note(out, "events")
        try:
            receiver = Receiver(file, token, _Newest(source).teams, allow=networks)
            shown = f"[{host}]" if ":" in host else host
            click.echo(
                f"Events are taken at http://{shown}:{listener.getsockname()[1]}{PATH}?token=… and kept in {out}"
            )
            if not ipaddress.ip_address(host).is_loopback:
                tell_operator(
                    "plain HTTP beyond this machine: the token can be read on the way, so put TLS in front"
                )
            asyncio.run(quiet_server(receiver.app, grace=5, lifespan="off").serve([listener]))
        finally:
            file.close()


class _Newest:
    """The teams of the newest catalogue."""

    def __init__(self, source: CatalogueSource) -> None:
        self._source = source
        self._views: Views | None = None

    def teams(self) -> "Teams":
        """As the catalogue has them now."""
        from agent.outcomes.teams import Teams

        views = self._source.current()
        if views is not self._views:
            self._views, self._teams = views, Teams(views.catalogue)
        return self._teams


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]").replace("localhost", "127.0.0.1"))
    except ValueError:
        address = None
    if address is None or not (port.isascii() and port.isdecimal() and int(port) < 65_536):
        raise InputError(f"--listen {listen}: write an IP address and a port, such as 127.0.0.1:8090")
    return str(address), int(port)


def _network(text: str) -> "Network":
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise InputError(
            f"--allow {text}: {error}; write a network such as 10.20.0.0/16, or one address"
        ) from None


def _socket(host: str, port: int, listen: str) -> socket.socket:
    listener = socket.socket(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise InputError(
            f"--listen {listen}: cannot be used ({error.strerror}); choose another port, or 0 for any free one"
        ) from None
    return listener
