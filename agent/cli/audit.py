"""`handoff audit`: why this person landed in that queue."""

import asyncio
import json
from pathlib import Path

import click

from agent.catalogue.load import load
from agent.cli.notices import warnings_on_stderr
from agent.cli.terminal import printable, write_what_can_be_written
from agent.errors import InputError
from agent.pseudonyms import Pseudonyms
from agent.records.entry import Entry
from agent.settings import Settings
from agent.stores.base import Store
from agent.stores.choose import choose_store

_FILE = click.Path(path_type=Path)
_DID = {
    "said": "said something",
    "summary": "wrote the summary",
    "start": "pressed Start agent chat",
    "skip": "pressed Skip, connect me now",
    "other": "looked at other help",
    "choose": "chose a queue",
    "cancel": "cancelled",
    "edit": "wanted to edit the summary",
}
_CHOSEN = {
    "model": "chosen by the model",
    "person": "chosen by the person",
    "search": "found by the search, as no model chose",
    "default": "the default: nothing fitted better",
    "nobody_came": "the next one, as nobody came before",
}


@click.command()
@click.argument("which", metavar="CONVERSATION|REFERENCE|PERSON")
@click.option(
    "--store",
    envvar="HANDOFF_STORE",
    required=True,
    metavar="STORE",
    help="The agent's store: a SQLite file or a server's address.",
)
@click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue, for the queues' names.")
@click.option("--tenant", help="Of a person: the tenant of the key or token that they came in with.")
@click.option("--json", "as_json", is_flag=True, help="The entries as they are kept, one JSON object a line.")
def audit(*, which: str, store: str, queues: Path | None, tenant: str | None, as_json: bool) -> None:
    """Tell who agreed to what, when, and why it went to that queue.

    Give a conversation's id, a handoff's reference (the external key of the session in BeyondTrust), or the id or
    e-mail address of a person. A history has ids and a pseudonym, no word that anybody wrote, and outlives the
    conversation by 400 days.

    \b
    Examples:
      handoff audit 9f86d081884c7d65… --store chats.db --queues queues.yaml
      handoff audit ada@acme.com --store chats.db --json

    Exit codes: 0 fine, 1 nothing is known of it, 2 wrong usage or input.
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    write_what_can_be_written()
    names = {queue.id: queue.name for queue in load(queues).queues} if queues else {}
    with warnings_on_stderr():
        found = asyncio.run(_found(choose_store(store, there=True), which, tenant))
    if not found:
        hint = (
            "" if tenant else " People who came in with a key or a token belong to its tenant: give --tenant."
        )
        click.echo(f"Nothing is known of that conversation, reference or person.{hint}", err=True)
        raise click.exceptions.Exit(1)
    for id_, entries in found.items():
        if as_json:
            for entry in entries:
                click.echo(json.dumps(entry.model_dump(mode="json", exclude_defaults=True)))
            continue
        click.echo(f"Conversation {printable(id_)}, person {entries[0].subject or 'not named'}")
        for entry in entries:
            click.echo("  " + printable(_line(entry, names)))


async def _found(store: Store, which: str, tenant: str | None) -> dict[str, list[Entry]]:
    """The entries of each conversation that is meant, the oldest first."""
    try:
        key = Settings.from_environment(model="embedded").pseudonym_key
        person = await Pseudonyms(store, key).of_name(which, tenant)
        ids = dict.fromkeys([which, *await store.tagged(which), *await store.tagged(person)])
        return {id_: entries for id_ in ids if (entries := await entries_of(store, id_))}
    finally:
        await store.close()


async def entries_of(store: Store, id_: str) -> list[Entry]:
    """The history of `id_`. Raises `StoreError`, `InputError` for one that a newer version wrote."""
    try:
        return [Entry.model_validate_json(text) for text in await store.history(id_)]
    except ValueError:
        raise InputError(f"the history of {id_[:40]} is damaged, or of a newer version") from None


def _line(entry: Entry, names: dict[str, str]) -> str:
    did = " and ".join(_DID.get(did, did) for did in entry.did) or "—"
    relayed = " (passed on by another model)" if entry.relayed else ""
    model = f" [{entry.model}, {entry.model_calls} {'call' if entry.model_calls == 1 else 'calls'}{', failed' if entry.degraded else ''}]"
    return f"{entry.at:%Y-%m-%d %H:%M:%S}Z  {did}{relayed} → {_outcome(entry, names)}" + (
        model if entry.model else ""
    )


def _outcome(entry: Entry, names: dict[str, str]) -> str:
    sealed, seal = entry.proposal, ""
    if sealed:
        queue = names.get(sealed.queue_id, sealed.queue_id)
        wanted = (
            ""
            if sealed.wanted == sealed.queue_id
            else f", in place of {names.get(sealed.wanted, sealed.wanted)}"
        )
        where = f"{queue}{wanted} ({_CHOSEN.get(sealed.by, sealed.by)})"
        seal = f"; fingerprint {sealed.fingerprint[:12]}, catalogue {entry.catalogue[:12]}, reference {sealed.reference}"
    match entry.outcome:
        case "handoff" if sealed:
            return f"agreed, handed off to {where}{seal}"
        case "proposal" if sealed:
            return f"shown {where}{seal}"
        case "not_opened" if sealed:
            return f"agreed to {where}, but the chat could not be opened{seal}"
        case "link_again":
            return "the link once more"
        case "question":
            between = " or ".join(names.get(id_, id_) for id_ in entry.asked_between)
            return f"asked{f' between {between}' if between else ''}"
    return {"closed": "closed", "erased": "erased on request"}.get(entry.outcome, "told")
