"""A small record in the store, which all processes of one API account share."""

import json
import random
from hashlib import sha256
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from agent.records.base import Record
from agent.stores.base import Store, Terms

T = TypeVar("T", bound=Record)
_KEEP = 24 * 3600.0
"""Seconds after which a record that nobody writes any more is forgotten; a token lives for an hour."""


class Read(NamedTuple, Generic[T]):
    """A record as it was read; `revision` is None where there is none yet."""

    value: T
    revision: int | None


class Shared(Generic[T]):
    """The record `name` of the account `client_id` on `host`; a damaged one counts as `empty`."""

    def __init__(self, store: Store, name: str, host: str, client_id: str, empty: T) -> None:
        # The hash keeps the client id out of the store, and the id short.
        account = sha256(json.dumps([host, client_id]).encode()).hexdigest()
        self._id = f"beyondtrust:{name}:{account}"  # no conversation has such an id
        self._store = store
        self._empty = empty

    async def read(self) -> Read[T]:
        """The newest record. Raises `StoreError`."""
        stored = await self._store.load(self._id)
        if stored is None:
            return Read(self._empty, None)
        try:
            return Read(type(self._empty).model_validate_json(stored.document), stored.revision)
        except ValidationError:
            return Read(self._empty, stored.revision)

    async def write(self, value: T, over: Read[T]) -> bool:
        """Write `value` over what was read; False where somebody else has written meanwhile."""
        return await self._store.save(
            self._id,
            value.model_dump_json(),
            revision=(over.revision or 0) + 1,
            expected=over.revision,
            terms=Terms(keep=_KEEP),
        )


def short_pause() -> float:
    """Seconds to wait before looking again; spread out, so that those who met do not meet again."""
    return random.uniform(0.02, 0.1)  # noqa: S311
