"""`handoff queues pull`."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.edit import replace_catalogue
from agent.catalogue.load import load_bytes
from agent.catalogue.pull.first import first_catalogue, likely_default
from agent.catalogue.pull.merge import Merged, merged
from agent.catalogue.pull.news import News, label
from agent.catalogue.pull.offered import Offered, as_queues
from agent.catalogue.schema import Queue
from agent.catalogue.templates import checked_host
from agent.cli.difference import show_difference
from agent.cli.notices import tell_operator
from agent.cli.terminal import is_terminal, printable, wants_colour, write_what_can_be_written
from agent.errors import InputError, StoreError, TargetError
from agent.extras import needs_extra

_SECONDS = 10.0  # for one answer of the appliance
_NOT_WRITTEN, _NOT_ASKED = 1, 3
_COLOURS = {"new": "green", "back": "green", "renamed": "cyan", "gone": "red", "note": "yellow"}
_ASK_FOR_DEFAULT = "which queue takes what no other does?"
Settings = PortalLinkSettings | SessionKeySettings


@click.command()
@click.argument("file", default="queues.yaml", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--host", metavar="HOST", help="The appliance; without it, the one in FILE.")
@click.option(
    "--kind",
    type=click.Choice(["portal_link", "session_key"]),
    help="The target of a new FILE; portal_link without it.",
)
@click.option(
    "--default",
    metavar="CODE",
    help="The default_queue of a new FILE: an issue's code name, or a queue's id.",
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and end.")
def pull(
    *, file: Path, host: str | None, kind: str | None, default: str | None, yes: bool, dry_run: bool
) -> None:
    """Write the catalogue FILE (queues.yaml without it) from an appliance's teams and issues.

    Where FILE is there, what is new is added at its end, what is gone is marked with a comment, and another name
    is taken over where the file still has the old one. Everything else stays byte for byte.

    The API account is that of HANDOFF_BEYONDTRUST_CLIENT_ID and _CLIENT_SECRET; a read-only right to the Command API
    is enough.

    \b
    Examples:
      handoff queues pull --host support.example.com
      handoff queues pull --host support.example.com --kind session_key --default service_desk
      handoff queues pull queues.yaml             again: what is new, renamed or gone
      handoff queues pull queues.yaml --yes       … without a question
      handoff queues pull queues.yaml --dry-run   … only looked at

    Exit codes: 0 written, or nothing to change; 1 not written, because nobody agreed; 2 wrong usage or input;
    3 the appliance could not be reached or asked.
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    write_what_can_be_written()
    old = file.read_bytes() if file.exists() else None
    settings = _settings(file, old, host=host, kind=kind, default=default)
    found = _ask(settings)
    if old is None:
        new, news = _first(settings, found, default)
    else:
        new, news = merged(old, file, found, datetime.now(UTC).date())
    for kind_, text in (*(News("note", text) for text in found.notes), *news):
        _say(f"{kind_}: {text}", fg=_COLOURS[kind_])
    if new == old:
        _say(f"Nothing to change in {file}.", bold=True)
        return
    load_bytes(new, file)
    show_difference(file, old, new)
    if dry_run:
        _say("Nothing was written: this was a dry run.", bold=True)
        return
    if not (yes or _agreed(file)):
        sys.exit(_NOT_WRITTEN)
    replace_catalogue(file, new, instead_of=old)
    _say(f"Written to {file}. What is still to be written: handoff queues check {file}", bold=True)


def _settings(
    file: Path, old: bytes | None, *, host: str | None, kind: str | None, default: str | None
) -> Settings:
    """The target of the file, or of the file that is to be. Raises `InputError`."""
    try:
        host = checked_host(host) if host is not None else None
    except ValueError as error:
        raise InputError(f"--host {host}: {error}") from None
    if old is None:
        if host is None:
            raise InputError(f"{file}: is not there yet, so say which appliance to ask: --host HOST")
        if kind == "session_key":
            return SessionKeySettings(kind=kind, host=host)
        return PortalLinkSettings(kind="portal_link", host=host)
    target = load_bytes(old, file).catalogue.target
    if not isinstance(target, Settings):
        raise InputError(
            f"{file}: its target is a {target.kind}, which leads to no appliance: change it to portal_link or "
            "session_key with a host, or pull into a new file"
        )
    for option, given, there in (("host", host, target.host), ("kind", kind, target.kind)):
        if given not in (None, there):
            raise InputError(
                f"--{option} {given}: {file} has {there}; change it there, or pull into a new file"
            )
    if default is not None:
        raise InputError(f"--default {default}: is for a new file; change default_queue in {file}")
    return target


def _ask(settings: Settings) -> Offered:
    """What the appliance has. Ends the program where it cannot be asked."""
    with needs_extra("handoff queues pull", "beyondtrust"):
        from agent.stores.memory import MemoryStore
        from agent.targets.beyondtrust.credentials import read_credentials
        from agent.targets.beyondtrust.make import make_commands
        from agent.targets.beyondtrust.offers import offered
    commands = make_commands(settings.host, read_credentials(), MemoryStore(), seconds=_SECONDS)
    if is_terminal(sys.stderr):
        tell_operator(f"asking {settings.host} for its teams and issues …")
    try:
        return asyncio.run(offered(commands, settings))
    except (TargetError, StoreError) as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    _say(f"Error: {error}", err=True)
    sys.exit(_NOT_ASKED)


def _first(settings: Settings, found: Offered, wanted: str | None) -> Merged:
    """A new file, and what is to be said of it. Raises `InputError`."""
    queues = as_queues(found.offers)
    default = _wanted(queues, wanted) if wanted else likely_default(queues) or _chosen(queues)
    why = "" if wanted else "; another with --default CODE"
    news = [News("new", label(queue)) for queue in queues]
    said = News("note", f"default_queue is {label(default)}: it takes what no other queue does{why}")
    return Merged(first_catalogue(settings, default.id, queues), (*news, said))


def _wanted(queues: list[Queue], wanted: str) -> Queue:
    for queue in queues:
        if wanted in (queue.id, queue.beyondtrust.issue if queue.beyondtrust else None):
            return queue
    raise InputError(f"--default {wanted}: there is no such queue; there are {_listed(queues)}")


def _chosen(queues: list[Queue]) -> Queue:
    if not is_terminal(sys.stdin):
        raise InputError(f"{_ASK_FOR_DEFAULT} Say it with --default CODE; there are {_listed(queues)}")
    _say(f"{_ASK_FOR_DEFAULT.capitalize()} There are {_listed(queues)}")
    ids = click.Choice([queue.id for queue in queues])
    id_ = click.prompt("default_queue", type=ids, show_choices=False)
    return next(queue for queue in queues if queue.id == id_)


def _listed(queues: list[Queue]) -> str:
    return ", ".join(queue.id for queue in queues)


def _agreed(file: Path) -> bool:
    if not is_terminal(sys.stdin):
        _say("Nothing was written, because nobody can be asked here. To write this, say --yes.", bold=True)
        return False
    if click.confirm(f"Write this to {file}?"):
        return True
    _say("Nothing was written.", bold=True)
    return False


def _say(text: str, *, err: bool = False, **style: Any) -> None:
    click.secho(printable(text), err=err, color=None if wants_colour() else False, **style)
