"""`handoff privacy`: what is kept of a person, in the store and in the files that commands have written."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from agent.artefacts import DAYS, forget, known
from agent.cli.notices import tell_operator, warnings_on_stderr
from agent.cli.terminal import is_terminal, printable, write_what_can_be_written
from agent.errors import InputError
from agent.privacy import in_files, stored
from agent.privacy.in_files import Found
from agent.privacy.person import Person
from agent.privacy.stored import Kept
from agent.pseudonyms import Pseudonyms
from agent.settings import Settings
from agent.stores.base import Store
from agent.stores.choose import choose_store

_FILE = click.Path(path_type=Path)
_NOTHING = Kept([], [], [], [])


@click.group()
def privacy() -> None:
    """Find or delete what is kept of a person, and delete what was kept for long enough.

    \b
    Examples:
      handoff privacy find ada@acme.com --store chats.db
      handoff privacy delete ada@acme.com --store chats.db --in /var/log/assistant
      handoff privacy sweep --store chats.db --yes       (for a daily job)
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    write_what_can_be_written()


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--tenant",
            help="The tenant of the key or token that their conversations came in with, if there was one.",
        ),
        click.option(
            "--also",
            multiple=True,
            metavar="NAME",
            help="What else they are called, to look for in files; repeatable.",
        ),
        click.option(
            "--in",
            "places",
            type=_FILE,
            multiple=True,
            metavar="PATH",
            help="Files and folders to look through, beside those that commands have written; repeatable.",
        ),
        click.option(
            "--store",
            envvar="HANDOFF_STORE",
            metavar="STORE",
            help="The agent's store: a SQLite file or a server's address.",
        ),
        click.argument("user", metavar="USER"),
    ):
        command = option(command)
    return command


@privacy.command()
@_options
def find(**options: Any) -> None:
    """List what is kept of USER, an id or an e-mail address.

    Exit codes: 0 found, 1 nothing is kept, 2 wrong usage or input.
    """
    with warnings_on_stderr():
        kept, found, _ = _find(**options)
    _tell(kept, found, store=options["store"], tenant=options["tenant"])
    if not (kept.conversations or kept.records or kept.histories or found):
        raise click.exceptions.Exit(1)


@privacy.command()
@_options
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(*, yes: bool, **options: Any) -> None:
    """Delete what is kept of USER, an id or an e-mail address.

    Conversations are deleted; what stays is their history, which has no name and no word, under a pseudonym. Of files
    of lines, the lines that name the person are taken out; other files that do are deleted.

    Exit codes: 0 deleted, 1 nothing is kept or not wanted, 2 wrong usage or input.
    """
    with warnings_on_stderr():
        kept, found, person = _find(**options)
        _tell(kept, found, store=options["store"], tenant=options["tenant"])
        if not (kept.conversations or kept.records or found):
            raise click.exceptions.Exit(1)
        _ask(yes, "Delete all of this, but the histories?")
        if options["store"]:
            _on(
                options["store"],
                lambda store, names: stored.delete(store, names, options["user"], options["tenant"]),
            )
        gone = in_files.delete(found, person)
    for folder in sorted({path.parent for path in gone if path.name in in_files.MADE_AGAIN}):
        click.echo(f"Scored without them again by: handoff eval regrade {printable(str(folder))}")
    click.echo("Deleted.")


@privacy.command()
@click.option(
    "--store",
    envvar="HANDOFF_STORE",
    metavar="STORE",
    help="The agent's store: a SQLite file or a server's address.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def sweep(*, store: str | None, yes: bool) -> None:
    """Delete what was kept for long enough: in the store, and files that commands have written.

    \b
    Days without a change:
      saved conversations 30 · cached answers 30 · eval runs, recordings and misroutes to review 90
      outcomes, events, cases 400
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    over = [artefact for artefact in known() if artefact.is_over]
    for path, kind in over:
        click.echo(f"{kind}  {printable(str(path))}  ({DAYS[kind]} days are over)")
    if over:
        _ask(yes, "Delete these files?")
    with warnings_on_stderr():
        if store:
            count = _on(store, lambda kept, _: kept.sweep())
            click.echo(f"{count} conversations were swept from the store.")
        for path, _ in over:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if over:
            forget(path for path, _ in over)
    click.echo(f"{len(over)} files and folders deleted.")


def _find(
    *, user: str, store: str | None, places: tuple[Path, ...], also: tuple[str, ...], tenant: str | None
) -> tuple[Kept, list[Found], Person]:
    if not user.strip():
        raise click.UsageError("USER is empty: give the id or the e-mail address of a person.")
    missing = next((place for place in places if not place.exists()), None)
    if missing:
        raise InputError(f"--in {missing}: there is no such file or folder")
    kept = _on(store, lambda opened, names: stored.find(opened, names, user, tenant)) if store else _NOTHING
    person = Person([user, *also, *kept.names])
    return kept, in_files.find([*(path for path, _ in known()), *places], person), person


def _on(text: str, work: Callable[[Store, Pseudonyms], Coroutine[Any, Any, Any]]) -> Any:
    async def worked() -> Any:
        store = choose_store(text, there=True)
        try:
            key = Settings.from_environment(model="embedded").pseudonym_key
            return await work(store, Pseudonyms(store, key))
        finally:
            await store.close()

    return asyncio.run(worked())


def _tell(kept: Kept, found: list[Found], *, store: str | None, tenant: str | None) -> None:
    for id_ in kept.conversations:
        click.echo(f"conversation  {printable(id_)}")
    for id_ in kept.records:
        click.echo(f"kept answer   {printable(id_)}")
    for id_ in kept.histories:
        click.echo(f"history       {printable(id_)}  (a pseudonym and ids only; it stays)")
    for path, lines in found:
        click.echo(
            f"file          {printable(str(path))}  ({f'{lines} lines' if lines else 'the whole file'})"
        )
    if not (any(kept[:3]) or found):
        click.echo("Nothing is kept of that person here.")
    if store is None:
        tell_operator("no store was searched: give --store, or set HANDOFF_STORE")
    elif tenant is None and not any(kept[:3]):
        tell_operator("conversations that came in with a key or a token belong to its tenant: give --tenant")


def _ask(yes: bool, question: str) -> None:  # noqa: FBT001 — what the flag says
    if yes:
        return
    if not is_terminal(sys.stdin):
        raise click.UsageError("This deletes: say --yes where nobody can be asked.")
    if not click.confirm(question):
        raise click.exceptions.Exit(1)
