"""Conversations in this process's memory: gone when it ends."""

import threading

from agent.stores.base import Stored


class MemoryStore:
    """A dict behind a lock, so that several threads with loops of their own can share it.

    It has no bound and forgets nothing by itself: it is for one process whose host deletes what is over, for
    tests, and for a terminal.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Stored] = {}
        self._lock = threading.Lock()

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        return self._kept.get(id_)

    async def save(self, id_: str, document: str, *, revision: int, expected: int | None) -> bool:
        """Write `document` as `revision`, if what is kept has the revision `expected` (None: nothing kept)."""
        with self._lock:
            kept = self._kept.get(id_)
            if (kept.revision if kept else None) != expected:
                return False
            self._kept[id_] = Stored(revision, document)
            return True

    async def delete(self, id_: str) -> None:
        """Forget a conversation; it is no error if there is none."""
        with self._lock:
            self._kept.pop(id_, None)

    async def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
