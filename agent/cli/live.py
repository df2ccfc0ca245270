"""`handoff queues check --live`: what the appliance says of a catalogue and its credentials."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from agent.catalogue.load import Loaded
from agent.catalogue.schema import UrlTemplateSettings
from agent.cli.terminal import printable, wants_colour
from agent.errors import InputError
from agent.extras import needs_extra
from agent.stores.memory import MemoryStore

if TYPE_CHECKING:
    from agent.targets.beyondtrust.live import Findings

_SECONDS = 10.0  # for one request
_FITS, _DIFFERS, _NOT_ASKED = 0, 1, 3


def compare(path: str, loaded: Loaded, *, as_json: bool) -> None:
    """Print what does not fit, and end with its exit code. Raises `InputError` where there is nothing to ask."""
    catalogue = loaded.catalogue
    settings = catalogue.target
    if isinstance(settings, UrlTemplateSettings):
        raise InputError(
            f"{path}: --live compares with a BeyondTrust appliance, and this target is a url_template: "
            "nothing can be asked. It is for portal_link and session_key"
        )
    with needs_extra("--live", "beyondtrust"):
        from agent.targets.beyondtrust.credentials import read_credentials
        from agent.targets.beyondtrust.live import examine
        from agent.targets.beyondtrust.make import make_commands
    credentials = read_credentials("--live")
    commands = make_commands(settings.host, credentials, MemoryStore(), seconds=_SECONDS)
    found = asyncio.run(examine(catalogue, settings, loaded.lines, commands))
    if as_json:
        click.echo(json.dumps(_as_json(settings.host, found), ensure_ascii=False))
    else:
        _show(path, settings.host, found)
    sys.exit(_DIFFERS if found.mismatches else _NOT_ASKED if found.problem else _FITS)


def _show(path: str, host: str, found: "Findings") -> None:
    rights = found.rights
    _say(f"{host}: the credentials {_CREDENTIALS[found.credentials]}")
    if found.credentials == "work":
        _say(f"  command API: {rights.command}")
        _say(f"  configuration API: {rights.configuration} (for the teams' public portals)")
        _say(f"  reporting API: {rights.reporting} (for what became of handoffs)")
    for mismatch in found.mismatches:
        _say(f"{path}:{mismatch.line}: {mismatch.text}", err=True, fg="red")
    for note in found.notes:
        _say(f"note: {note}", fg="yellow")
    if found.problem:
        _say(f"It could not all be asked: {found.problem}", err=True, fg="red")
    if found.compared:
        queues, teams, issues = found.compared
        count = len(found.mismatches)
        _say(
            f"{queues:,} queues compared with {teams:,} teams and {issues:,} issues: "
            + (f"{count:,} mismatch{'' if count == 1 else 'es'}" if count else "no mismatch"),
            fg=None if count or found.problem else "green",
        )


_CREDENTIALS = {"work": "work", "refused": "are refused", "not known": "could not be tried"}


def _as_json(host: str, found: "Findings") -> dict[str, Any]:
    return {
        "host": host,
        "credentials": found.credentials,
        **{name: getattr(found.rights, name) for name in ("command", "configuration", "reporting")},
        "mismatches": [{"line": mismatch.line, "text": mismatch.text} for mismatch in found.mismatches],
        "notes": found.notes,
        "problem": found.problem,
    }


def _say(text: str, *, err: bool = False, fg: str | None = None) -> None:
    click.secho(printable(text), err=err, fg=fg, color=None if wants_colour() else False)
