"""`handoff serve`."""

import asyncio
import os
from pathlib import Path

import click

from agent.agent import HandoffAgent
from agent.cli.hosts import ip_address
from agent.cli.notices import tell_operator, warnings_on_stderr
from agent.data import example_path
from agent.errors import InputError
from agent.extras import needs_extra
from agent.models.choose import choose_model
from agent.settings import Settings
from agent.stores.choose import choose_store

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue; without it, the example.")
@click.option("--model", metavar="NAME", help="“embedded”, or a model of the OpenAI-compatible server.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="An IP address of this machine; without a key, a loopback one.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free one."
)
@click.option(
    "--store",
    envvar="HANDOFF_STORE",
    default="handoff.db",
    show_default=True,
    metavar="STORE",
    help="A SQLite file, postgresql://…, redis://…, or “memory”: gone at the end.",
)
def serve(*, queues: Path | None, model: str | None, host: str, port: int, store: str) -> None:
    """Serve the agent over HTTP: JSON, or server-sent events.

    Without HANDOFF_API_KEYS it is for this machine only. With them every request shows a key, and any address will
    do; put TLS in front. At SIGTERM turns that are running are finished first.

    \b
    Examples:
      handoff serve                                  then: curl -d '{"text": "my laptop is dead"}' \\
                                                       -H 'Content-Type: application/json' \\
                                                       http://127.0.0.1:8080/v1/conversations
      HANDOFF_API_KEYS=acme:$KEY handoff serve --queues queues.yaml --host 0.0.0.0
      handoff serve --store memory --port 0

    Settings, tokens for browsers, events: docs/http.md.
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    with needs_extra("the server", "server"):
        from agent.server.app import create_app
        from agent.server.run import PatientServer
        from agent.server.settings import read_server_settings
        from agent.serving import listen
    address = ip_address(host)
    server_settings = read_server_settings()
    if server_settings.open and not address.is_loopback:
        raise InputError(
            f"--host {host}: without a key the server is for this machine only; set HANDOFF_API_KEYS=TENANT:KEY"
        )
    settings = Settings.from_environment(os.environ, model=model)
    if settings.hint:
        tell_operator(settings.hint)
    kept = choose_store(store)
    with warnings_on_stderr(), listen(str(address), port) as listener:
        agent = HandoffAgent.from_file(
            queues or example_path(), model=choose_model(settings, stream=True), store=kept
        )
        app = create_app(agent, kept, server_settings)
        running = PatientServer(app, seconds=settings.timeout)
        shown = f"[{address}]" if address.version == 6 else str(address)
        click.echo(f"Listening at http://{shown}:{listener.getsockname()[1]}")
        asyncio.run(running.serve([listener]))
