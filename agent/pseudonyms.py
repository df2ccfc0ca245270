"""Keyed pseudonyms of people: enough to find what belongs to somebody, of no use without the key."""

import hmac
import json
from functools import lru_cache
from hashlib import sha256
from secrets import token_hex

from agent.errors import StoreError
from agent.records.user import User
from agent.stores.base import Store

_KEY = "handoff:pseudonyms"
_TRIES = 10


class Pseudonyms:
    """HMAC-SHA-256 over tenant and name of a person, with `key`; without one, with a random key kept in `store`.

    A key of one's own (HANDOFF_PSEUDONYM_KEY) keeps pseudonyms apart from the data, and lets several stores agree.
    Who changes it no longer finds what was kept under the old one.
    """

    def __init__(self, store: Store, key: str | None = None) -> None:
        self._store = store
        self._key = key

    async def of_user(self, user: User) -> tuple[str, ...]:
        """The pseudonyms of `user`: of the host's id, then of the e-mail address; none where there is neither.

        Raises `StoreError`.
        """
        names = dict.fromkeys(filter(None, [user.id, user.email]))
        if not names:
            return ()
        key = await self._get_key()
        return tuple(_pseudonym(key, user.tenant, name) for name in names)

    async def of_name(self, name: str, tenant: str | None = None) -> str:
        """The pseudonym of whom the host calls `name`, an id or an e-mail address. Raises `StoreError`."""
        return _pseudonym(await self._get_key(), tenant, name)

    async def _get_key(self) -> str:
        if self._key is None:
            self._key = await self._shared_key()
        return self._key

    async def _shared_key(self) -> str:
        for _ in range(_TRIES):
            kept = await self._store.load(_KEY)
            if kept:
                return kept.document
            await self._store.save(_KEY, token_hex(32), revision=1, expected=None)
        raise StoreError("the key of the pseudonyms can neither be read nor written")


@lru_cache(maxsize=1024)  # a turn asks for the same one several times
def _pseudonym(key: str, tenant: str | None, name: str) -> str:
    # Addresses and account names are the same whatever their case.
    said = json.dumps([tenant or "", name.strip().casefold()])
    return hmac.new(key.encode(), said.encode(), sha256).hexdigest()[:32]
