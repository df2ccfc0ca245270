"""What a store keeps of a person: conversations, and histories under a pseudonym."""

from datetime import UTC, datetime
from typing import NamedTuple

from agent import document
from agent.errors import DocumentError
from agent.pseudonyms import Pseudonyms
from agent.records.entry import Entry
from agent.records.user import User
from agent.stores.base import RESERVED, Store


class Kept(NamedTuple):
    """Ids of `conversations`, of other `records` (answers kept for a repeated request) and of `histories`.

    `names` is what the conversations call the person.
    """

    conversations: list[str]
    records: list[str]
    histories: list[str]
    names: list[str]


async def find(store: Store, pseudonyms: Pseudonyms, name: str, tenant: str | None) -> Kept:
    """What `store` keeps of whom the host calls `name`, an id or an e-mail address. Raises `StoreError`."""
    kept = Kept([], [], [], [])
    for id_ in await store.tagged(await pseudonyms.of_name(name, tenant)):
        stored = await store.load(id_)
        if stored and id_.startswith(RESERVED):
            kept.records.append(id_)
        elif stored:
            kept.conversations.append(id_)
            kept.names.extend(_names(stored.document))
        if await store.history(id_):
            kept.histories.append(id_)
    return kept


async def delete(store: Store, pseudonyms: Pseudonyms, name: str, tenant: str | None) -> Kept:
    """Delete it, but the histories: these have no name and no word, and get the entry that it was erased."""
    kept = await find(store, pseudonyms, name, tenant)
    subject = await pseudonyms.of_name(name, tenant)
    for id_ in kept.records:
        await store.delete(id_)
    for id_ in kept.conversations:
        entry = Entry(at=datetime.now(UTC), conversation=id_, revision=0, subject=subject, outcome="erased")
        await store.delete(id_, entry=entry.model_dump_json())
    return kept


def _names(text: str) -> list[str]:
    try:
        user = document.load(text).user
    except DocumentError:
        return []
    return _called(user)


def _called(user: User) -> list[str]:
    full = user.name if user.name and len(user.name.split()) > 1 else None
    return [name for name in (user.id, user.email, full) if name]
