"""`Idempotency-Key`: the same request again changes nothing and gets the same reply, from any process.

A message or a press carries its key in the conversation, so that the two are kept together or not at all. Which
conversation a key has begun stands in a record of the store.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from secrets import token_hex
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from agent.errors import OnceError, StoreError
from agent.records.conversation import Once
from agent.stores.base import Store, Terms

SECONDS = 24 * 3600.0
"""How long it is known which conversation a key has begun."""
_PREFIX = "handoff:idem:"

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Of your own choice, for this request. The same request with the same key changes nothing and "
        "gets the same reply; another one gets 422.",
    ),
]


def once(key: str | None, body: BaseModel, *scope: str | None) -> Once | None:
    """What names this request: the key within `scope`, and what it says."""
    if key is None:
        return None
    said = body.model_dump_json(exclude_none=True)
    return Once(key=_hash([*scope, key]), says=_hash([*scope, key, type(body).__name__, said]))


async def begun_by(store: Store, call: Once, tags: Sequence[str]) -> str:
    """The id of the conversation that `call` has begun, or is to begin; `tags` find the record. Raises `OnceError`, `StoreError`."""
    for _ in range(2):
        made = json.dumps({"id": token_hex(16), "says": call.says})
        record = _PREFIX + call.key
        if await store.save(record, made, revision=1, expected=None, terms=Terms(tags, keep=SECONDS)):
            return str(json.loads(made)["id"])
        kept = await store.load(record)
        if kept:
            before = json.loads(kept.document)
            if before["says"] != call.says:
                raise OnceError("the key has begun another conversation")
            return str(before["id"])
    raise StoreError("the record of a key can neither be read nor written")


def _hash(parts: list[str | None]) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:32]
