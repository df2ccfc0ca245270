"""`handoff mcp`."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click

from agent.access import read_api_keys
from agent.agent import HandoffAgent
from agent.cli.attributes import parse_attributes
from agent.cli.hosts import IPAddress, ip_address
from agent.cli.notices import tell_operator, warnings_on_stderr
from agent.cli.terminal import is_terminal
from agent.data import example_path
from agent.errors import InputError
from agent.extras import needs_extra
from agent.models.choose import choose_model
from agent.records.user import User
from agent.settings import Settings
from agent.stores.base import Store
from agent.stores.choose import choose_store
from agent.telemetry.export import exporting

_FILE = click.Path(path_type=Path)
_RELAYED = (
    "--accept-relayed: the assistant's own word counts as the person's yes. Nobody asks the person, so a model that "
    "errs or is tricked can send what they said to a queue; each such handoff is marked as relayed."
)


@click.command()
@click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue; without it, the example.")
@click.option("--model", metavar="NAME", help="“embedded”, or a model of the OpenAI-compatible server.")
@click.option(
    "--store",
    envvar="HANDOFF_STORE",
    default="memory",
    show_default=True,
    metavar="STORE",
    help="A SQLite file, postgresql://…, redis://…, or “memory”: gone at the end.",
)
@click.option("--name", help="The person's name.")
@click.option("--email", help="The person's e-mail address.")
@click.option("--locale", help="The language of the fixed texts, like “de”; without it, detected.")
@click.option(
    "--attribute", "attributes", multiple=True, metavar="KEY=VALUE", help="Opens queues that ask for it."
)
@click.option("--accept-relayed", is_flag=True, help="Take the assistant's word for the person's yes.")
@click.option(
    "--http", "over_http", is_flag=True, help="Streamable HTTP instead of standard input and output."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="With --http: an IP address of this machine; without a key, a loopback one.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8081,
    show_default=True,
    help="With --http. 0: any free one.",
)
@click.option("--address", metavar="URL", help="With --http: where people reach this server, for the page.")
def mcp(
    *,
    queues: Path | None,
    model: str | None,
    store: str,
    name: str | None,
    email: str | None,
    locale: str | None,
    attributes: tuple[str, ...],
    accept_relayed: bool,
    over_http: bool,
    host: str,
    port: int,
    address: str | None,
) -> None:
    """Offer the agent as tools to an assistant that speaks MCP.

    Its tools begin a conversation, go on with it, press buttons and list queues. The assistant's call is no yes: the
    person is asked by their client, or on a page of their own. Who the person is, the options say; over HTTP with
    HANDOFF_API_KEYS, headers of the host.

    \b
    Examples:
      handoff mcp --name Ada --email ada@acme.com          for one person, as their client starts it
      handoff mcp --store handoff.db --attribute region=EU
      handoff mcp --http                                   this machine only: http://127.0.0.1:8081/mcp
      HANDOFF_API_KEYS=acme:$KEY handoff mcp --http --host 0.0.0.0 --address https://handoff.acme.com

    How clients are set up: docs/mcp.md.
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    with needs_extra("the MCP server", "mcp"):
        from agent.mcp.run import serve_stdio
    user = User(name=name, email=email, locale=locale, attributes=parse_attributes(attributes))
    settings = Settings.from_environment(os.environ, model=model)
    kept = choose_store(store)
    if settings.hint:
        tell_operator(settings.hint)
    if accept_relayed:
        tell_operator(_RELAYED)
    with warnings_on_stderr():
        agent = HandoffAgent.from_file(
            queues or example_path(),
            model=choose_model(settings),
            store=kept,
            accept_relayed=accept_relayed,
        )
        if over_http:
            where = _Where(ip_address(host), port, _base(address) if address else None)
            _serve_http(agent, kept, user, where, seconds=settings.timeout, accept_relayed=accept_relayed)
        else:
            if is_terminal(sys.stdin):
                tell_operator(
                    "An MCP client is waited for on standard input; Ctrl-C ends it. Clients: docs/mcp.md."
                )
            # A thread that waits for input cannot be interrupted; what was said is kept at once.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            with exporting():
                asyncio.run(serve_stdio(agent, kept, user, accept_relayed=accept_relayed))


def _serve_http(
    agent: HandoffAgent, store: Store, user: User, where: "_Where", *, seconds: float, accept_relayed: bool
) -> None:
    from agent.mcp.run import http_app, run_http
    from agent.serving import listen

    keys = read_api_keys()
    _check(where, user, with_keys=bool(keys))
    with listen(str(where.ip), where.port) as listener:
        shown = f"[{where.ip}]" if where.ip.version == 6 else str(where.ip)
        here = f"http://{shown}:{listener.getsockname()[1]}"
        base = where.address or here
        app = http_app(agent, store, user, keys=keys, base=base, accept_relayed=accept_relayed)
        click.echo(f"Listening at {here}/mcp")
        with exporting():
            asyncio.run(run_http(app, agent, listener, seconds=seconds))


class _Where(NamedTuple):
    ip: IPAddress
    port: int
    address: str | None


def _check(where: _Where, user: User, *, with_keys: bool) -> None:
    if not with_keys and not where.ip.is_loopback:
        raise InputError(
            f"--host {where.ip}: without a key the server is for this machine only; set HANDOFF_API_KEYS=TENANT:KEY"
        )
    if with_keys and (user.name or user.email or user.locale):
        raise InputError(
            "--name, --email and --locale are for one person: with HANDOFF_API_KEYS the headers Handoff-User, "
            "Handoff-Name, Handoff-Email and Handoff-Locale say who it is"
        )
    if where.address is None and not where.ip.is_loopback:
        raise InputError("--address is missing: the https address at which people reach this server")


def _base(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise InputError(f"--address {address}: write the https address, such as https://handoff.acme.com")
    return address
