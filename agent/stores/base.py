"""What a store is: one text per conversation, written by compare-and-swap, and a history that outlives it."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

RESERVED = ("beyondtrust:", "handoff:")
"""How ids of records begin that are no conversations: what targets share, and the agent's own."""
HISTORY_SECONDS = 400 * 24 * 3600.0
"""How long an entry of a history is kept: a year, and time to look at it."""


class Stored(NamedTuple):
    """A conversation as it is kept: its revision, and the document as JSON text."""

    revision: int
    document: str


class Terms(NamedTuple):
    """How a document is kept: for `keep` seconds from now (None: for ever), and found by `tags`.

    The tags of all saves add up. `entry` is added to the history.
    """

    tags: Sequence[str] = ()
    keep: float | None = None
    entry: str | None = None


PLAIN = Terms()


class Store(Protocol):
    """Keeps documents by id. All that promise 4 (at most once) needs from it is that `save` is atomic.

    Every call raises `StoreError` where the store cannot be reached, read or written. Time is the store's own: what
    it forgets does not depend on the agent's clock. A store may have an attribute `system`, which traces name it by
    (OpenTelemetry's `db.system.name`).
    """

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None; None, too, where the time it was to be kept is over."""
        ...

    async def save(
        self,
        id_: str,
        document: str,
        *,
        revision: int,
        expected: int | None,
        terms: Terms = PLAIN,
    ) -> bool:
        """Write `document` as `revision`, if what is kept has the revision `expected` (None: nothing is kept).

        Returns False, and changes nothing, where another writer was first. `terms` hold for the new
        document, in the same atomic step.
        """
        ...

    async def after(self, id_: str, limit: int = 200) -> list[tuple[str, Stored]]:
        """The next documents behind `id_` in the order of their ids, with these; "" for the first ones."""
        ...

    async def history(self, id_: str) -> list[str]:
        """The entries of `id_`, the oldest first; they outlive the document by `HISTORY_SECONDS` at most."""
        ...

    async def tagged(self, tag: str) -> list[str]:
        """The ids, in their order, that were saved with `tag`, as long as a document or a history is kept.

        What is kept under the id later on is found by its own tags; those from before may still find it.
        """
        ...

    async def delete(self, id_: str, *, entry: str | None = None) -> None:
        """Forget a conversation, but not its history, to which `entry` is added; it is no error if there is none."""
        ...

    async def sweep(self) -> int:
        """Free the space of what is no longer kept; returns how many documents. A store may do so by itself."""
        ...

    async def close(self) -> None:
        """Free what the store holds."""
        ...
