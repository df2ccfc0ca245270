"""The conversations behind handoffs, found in the host's store by the proposals' references."""

from collections.abc import Collection
from typing import NamedTuple

from agent import document
from agent.errors import DocumentError
from agent.records.conversation import Conversation
from agent.records.reply import Handoff
from agent.stores.base import RESERVED, Store
from agent.turn.gate import accepted


class Handed(NamedTuple):
    """A handoff as its conversation has it: the queue it went to, and the one that was wanted before hours."""

    queue_id: str
    wanted: str
    conversation: Conversation
    handoff: Handoff


class Found(NamedTuple):
    """Handoffs by reference, and how many documents could not be read."""

    handed: dict[str, Handed]
    damaged: int


async def find(store: Store, references: Collection[str]) -> Found:
    """The handoffs in `store` with these references; every document is looked at once. Raises `StoreError`."""
    wanted = frozenset(references)
    found: dict[str, Handed] = {}
    damaged, last = 0, ""
    while wanted and (page := await store.after(last)):
        for id_, stored in page:
            last = id_
            if id_.startswith(RESERVED) or '"handoffs":[]' in stored.document:
                continue
            try:
                conversation = document.load(stored.document)
            except DocumentError:
                damaged += 1
            else:
                found |= {ref: handed for ref, handed in _handed(conversation).items() if ref in wanted}
    return Found(found, damaged)


def _handed(conversation: Conversation) -> dict[str, Handed]:
    found = {}
    for handoff in conversation.handoffs:
        proposal = accepted(conversation, handoff)
        if proposal:
            handed = Handed(handoff.queue_id, proposal.wanted, conversation, handoff)
            found[proposal.reference] = handed
    return found
