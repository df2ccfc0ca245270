"""`handoff appliance`."""

import contextlib
import logging
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli.terminal import wants_colour
from agent.errors import InputError
from agent.extras import needs_extra

if TYPE_CHECKING:
    from agent.appliance.app import Appliance

_LOOPBACK = ("127.0.0.1", "localhost")
_FILE = click.Path(path_type=Path)
_STATUS = click.IntRange(200, 599)


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8443, show_default=True, help="0: any free one."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="This machine only: nothing else is taken."
)
@click.option(
    "--tls/--no-tls", default=True, help="HTTPS with a throw-away certificate (the default), or HTTP."
)
@click.option(
    "--ca-file", type=_FILE, metavar="FILE", help="Where its CA goes; else into a temporary folder."
)
@click.option("--site", type=_FILE, metavar="FILE", help="Teams, issues, people; without it, the example.")
@click.option("--print-site", is_flag=True, help="Print the example site, to begin your own with, and end.")
@click.option("--events", metavar="URL", help="Where outbound events are sent.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[=VALUE][@ENDPOINT][:TIMES]",
    help="What goes wrong; repeatable. Kinds: slow=SECONDS, cut, broken, error[=STATUS], rate-limit[=STATUS], "
    "no-rights, bad-token. Endpoints: token, command, configuration, reporting.",
)
@click.option("--older-release", is_flag=True, help="The older XML namespace, and no JSON commands.")
@click.option(
    "--error-status", type=_STATUS, default=200, show_default=True, help="The HTTP status of an <error>."
)
@click.option(
    "--rate-limit-status", type=_STATUS, default=429, show_default=True, help="… of too many requests."
)
@click.option(
    "--spelling",
    type=click.Choice(["elements", "attributes"]),
    default="elements",
    show_default=True,
    help="How issues and teams carry their names in XML.",
)
def appliance(
    *,
    port: int,
    host: str,
    tls: bool,
    ca_file: Path | None,
    site: Path | None,
    print_site: bool,
    **options: Any,
) -> None:
    """Run a stand-in for a BeyondTrust appliance, to try everything without one.

    It is no BeyondTrust product, listens on this machine only, and prints what the agent needs to reach it. Its
    pages show what a representative would receive, and let you play one.

    \b
    Examples:
      handoff appliance                                       then open https://localhost:8443
      handoff appliance --events http://127.0.0.1:8080/events
      handoff appliance --fault slow=3 --fault cut@command:1  slow, and the first command is cut off
      handoff appliance --print-site > site.yaml              then change it, and: --site site.yaml
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    if host not in _LOOPBACK:
        raise InputError(
            f"--host {host}: the stand-in listens on this machine only, so the host is 127.0.0.1"
        )
    with needs_extra("the stand-in appliance", "appliance"):
        from agent.appliance import serve
        from agent.appliance.site import example_site_path
    if print_site:
        click.echo(example_site_path().read_text("utf-8"), nl=False)
        return
    made = _appliance(site, options)
    listener = serve.listen(port)
    with contextlib.closing(listener), _ca_file(ca_file) as ca, _requests_on_stderr():
        address = f"{'https' if tls else 'http'}://localhost:{listener.getsockname()[1]}"
        server = serve.server(made, serve.throw_away_tls(ca) if tls else None)
        _introduce(made, address, ca if tls else None)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: the CA file goes
        serve.run(server, listener)


def _appliance(site: Path | None, options: dict[str, Any]) -> "Appliance":
    from agent.appliance.app import Appliance
    from agent.appliance.dialect import Dialect
    from agent.appliance.faults import Fault
    from agent.appliance.site import load_site

    older = options["older_release"]
    dialect = Dialect(
        namespace="bomgar" if older else "beyondtrust",
        json_commands=not older,
        spelling=options["spelling"],
        error_status=options["error_status"],
        rate_limit_status=options["rate_limit_status"],
    )
    events = options["events"]
    if events is not None and not events.startswith(("http://", "https://")):
        raise InputError(f"--events {events}: this is no http or https address")
    made = Appliance(load_site(site) if site else None, dialect=dialect, events=events)
    for text in options["faults"]:
        made.faults.put(Fault.parse(text))
    return made


@contextlib.contextmanager
def _ca_file(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="handoff-appliance-") as folder:
        yield Path(folder) / "ca.pem"


def _introduce(made: "Appliance", address: str, ca_file: Path | None) -> None:
    accounts = list(made.accounts)
    first = accounts[0]
    _say(
        "Stand-in appliance: for trying and testing. It is no BeyondTrust product, and nobody answers here.",
        bold=True,
    )
    _say(f"Address  {address}  (this machine only; Ctrl-C ends it)")
    _say(
        f"Pages    {address}/  (sessions, teams, representatives; a browser warns of the certificate)"
        if ca_file
        else f"Pages    {address}/  (sessions, teams, representatives)"
    )
    if str(made.faults):
        _say(f"Faults   {made.faults}", fg="yellow")
    _say("\nFor the agent, in another terminal:")
    _say(f"export HANDOFF_BEYONDTRUST_CLIENT_ID={first.client_id}")
    _say(f"export HANDOFF_BEYONDTRUST_CLIENT_SECRET={first.client_secret}")
    if ca_file:
        _say(f"export HANDOFF_BEYONDTRUST_CA_FILE={ca_file}")
    if others := accounts[1:]:
        _say("\nAccounts with other rights (client id, client secret):")
    for account in others:
        _say(f"  {account.client_id}  {account.client_secret}")


@contextlib.contextmanager
def _requests_on_stderr() -> Iterator[None]:
    """While this holds, the stand-in's log is written to standard error: no values, no secrets."""
    logger, handler = logging.getLogger("agent.appliance"), logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _say(text: str, **style: Any) -> None:
    click.secho(text, color=None if wants_colour() else False, **style)
