"""One entry of a conversation's history: who agreed to what, when. Ids and a pseudonym, no word that anybody wrote."""

from datetime import datetime
from typing import Literal

from agent.records.base import Record

Outcome = Literal[
    "question",
    "proposal",
    "handoff",
    "link_again",
    "not_opened",
    "closed",
    "reply",
    "erased",
]


class Sealed(Record):
    """The proposal that was shown, or agreed to: the queue, who chose it, and the seal that a yes binds to.

    `wanted` is the queue before opening hours were looked at; `by` says who chose it (see `Choice`). `reference` is
    what the target got, so that the session there can be found.
    """

    id: str
    queue_id: str
    wanted: str
    by: str
    reference: str
    fingerprint: str


class Entry(Record):
    """What one committed turn was.

    `did` is what the person did: "said", "summary", or a button's action. `outcome` is what came of it: "link_again"
    is a handoff made before, "not_opened" a yes whose chat could not be opened, "reply" anything else that was told.
    `subject` is a keyed pseudonym (`agent.pseudonyms`), None where the host names nobody. `model` is who was asked,
    empty where nobody was; `degraded`: it failed, the code went on.
    """

    version: Literal[1] = 1
    at: datetime
    conversation: str
    revision: int
    subject: str | None = None
    catalogue: str = ""
    did: tuple[str, ...] = ()
    relayed: bool = False
    outcome: Outcome
    asked_between: tuple[str, ...] = ()
    proposal: Sealed | None = None
    model: str = ""
    model_calls: int = 0
    degraded: bool = False
