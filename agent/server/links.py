"""Links that survive scanners: `/go/{token}` in the place of a handoff's URL, in all that the server answers.

Mail filters, chat platforms and virus scanners open every link that they see, and a chat link that works once is used
up then. What ours shows is in `go`.
"""

import json
import re
from collections.abc import Mapping
from secrets import token_hex

from agent.errors import StoreError
from agent.records.conversation import Conversation
from agent.records.reply import Handoff
from agent.settings import KEEP
from agent.stores.base import Store, Terms

_TOKENS, _HANDOFFS = "handoff:go:", "handoff:went:"
_TERMS = Terms(keep=KEEP.total_seconds())
_ENDS = r'(?=["\s\\])'  # where an address in JSON text ends


class Links:
    """Puts our own addresses, under `base`, in the place of the URLs of handoffs; None leaves all as it is."""

    def __init__(self, store: Store, base: str | None) -> None:
        self._store = store
        self._base = base

    async def put_in(self, conversation: Conversation, text: str) -> str:
        """`text`, JSON of what `conversation` shows, with our addresses in it. Raises `StoreError`."""
        if self._base is None:
            return text
        urls = {
            made.url: f"{self._base}/go/{await self._token(conversation.id, made)}"
            for made in conversation.handoffs
        }
        return _replaced(text, urls) if urls else text

    async def behind(self, token: str) -> tuple[str, str] | None:
        """The ids of the conversation and the proposal that `token` stands for. Raises `StoreError`."""
        kept = await self._store.load(_TOKENS + token)
        return tuple(json.loads(kept.document)) if kept else None

    async def _token(self, id_: str, made: Handoff) -> str:
        """The token of a handoff: 128 random bits, the same whenever it is shown."""
        record = f"{_HANDOFFS}{id_}:{made.proposal}"
        for _ in range(2):
            kept = await self._store.load(record)
            if kept:
                return kept.document
            token = token_hex(16)
            what = json.dumps([id_, made.proposal])
            await self._store.save(_TOKENS + token, what, revision=1, expected=None, terms=_TERMS)
            if await self._store.save(record, token, revision=1, expected=None, terms=_TERMS):
                return token
        raise StoreError("the token of a link can neither be read nor written")


def _replaced(text: str, urls: Mapping[str, str]) -> str:
    each = "|".join(re.escape(url) for url in sorted(urls, key=len, reverse=True))
    return re.sub(f"(?:{each}){_ENDS}", lambda found: urls[found[0]], text)
