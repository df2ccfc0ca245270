"""What a store is: one text per conversation, written by compare-and-swap."""

from typing import NamedTuple, Protocol

RESERVED = "beyondtrust:"
"""How ids of records begin that targets keep in the store, and that are no conversations."""


class Stored(NamedTuple):
    """A conversation as it is kept: its revision, and the document as JSON text."""

    revision: int
    document: str


class Store(Protocol):
    """Keeps documents by id. All that promise 4 (at most once) needs from it is that `save` is atomic.

    Every call raises `StoreError` where the store cannot be reached, read or written.
    """

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        ...

    async def save(self, id_: str, document: str, *, revision: int, expected: int | None) -> bool:
        """Write `document` as `revision`, if what is kept has the revision `expected` (None: nothing is kept).

        Returns False, and changes nothing, where another writer was first.
        """
        ...

    async def delete(self, id_: str) -> None:
        """Forget a conversation; it is no error if there is none."""
        ...

    async def close(self) -> None:
        """Free what the store holds."""
        ...
