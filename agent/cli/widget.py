"""`handoff queues widget`."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import click

from agent.catalogue.beyondtrust import SessionKeySettings
from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from agent.catalogue.templates import checked_help_url
from agent.data import example_path
from agent.errors import InputError
from agent.language.locale import locale_for
from agent.markup import node
from agent.records.user import User
from agent.stores.memory import MemoryStore
from agent.targets.base import Packet
from agent.targets.make import make_target

_SECONDS = 10.0


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--server", required=True, metavar="URL", help="The address of `handoff serve`, as browsers see it."
)
@click.option("--label", metavar="TEXT", help="What the link and the button say.")
@click.option(
    "--language", default="en", show_default=True, help="The language of the label, without --label."
)
@click.option(
    "--get-token", metavar="NAME", help="A function of the page that returns a token, or a promise of one."
)
@click.option("--fallback", metavar="URL", help="Where the link leads; without it, to the default queue.")
def widget(
    *,
    file: Path | None,
    server: str,
    label: str | None,
    language: str,
    get_token: str | None,
    fallback: str | None,
) -> None:
    """Print what a page needs to show the chat: a link to the default queue of FILE, and the script that takes its place.

    The link stays where the server is off, and is offered where it does not answer. The site has to be in the
    server's HANDOFF_EMBED_ORIGINS.

    \b
    Examples:
      handoff queues widget queues.yaml --server https://handoff.acme.com
      handoff queues widget queues.yaml --server https://handoff.acme.com --get-token acme.handoffToken
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise InputError("--server: write the address alone, such as https://handoff.acme.com")
    address = _given(fallback) if fallback else _to_default_queue(load(file or example_path()))
    words = label or locale_for(language)("page_talk")
    link = node("a", words, href=address, class_="handoff-link", target="_blank", rel="noopener noreferrer")
    script = node(
        "script", **{"async": ""}, src=f"{parts.scheme}://{parts.netloc}/widget.js", data_get_token=get_token
    )
    for element in (link, script):
        click.echo(ET.tostring(element, "unicode", method="html"))


def _given(url: str) -> str:
    try:
        return checked_help_url(url)
    except ValueError as error:
        raise InputError(f"--fallback: {error}") from None


def _to_default_queue(catalogue: Catalogue) -> str:
    """An address that opens a chat with the default queue without anything being asked before."""
    if isinstance(catalogue.target, SessionKeySettings):
        raise InputError(
            "a chat of the kind session_key has no lasting address: say where to with --fallback URL"
        )
    queue = catalogue.by_id[catalogue.default_queue]
    target = make_target(catalogue, store=MemoryStore(), seconds=_SECONDS)
    sends = target.sends(Packet(queue=queue, summary="", user=User(), reference=""))
    return asyncio.run(target.open(queue, sends)).url
