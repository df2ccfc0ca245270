"""Conversations in this process's memory: gone when it ends."""

import threading
import time
from bisect import bisect_right
from dataclasses import dataclass

from agent.stores.base import HISTORY_SECONDS, PLAIN, Stored, Terms


@dataclass(frozen=True, slots=True)
class _Document:
    stored: Stored
    until: float | None

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until <= time.time()


@dataclass(frozen=True, slots=True)
class _Entry:
    text: str
    until: float


class MemoryStore:
    """A dict behind a lock, so that several threads with loops of their own can share it.

    It is for one process, for tests, and for a terminal. `sweep` frees what is over; nothing else bounds it.
    """

    system = "memory"

    def __init__(self) -> None:
        self._kept: dict[str, _Document] = {}
        self._histories: dict[str, list[_Entry]] = {}
        self._tags: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    async def load(self, id_: str) -> Stored | None:
        """The newest document, or None."""
        found = self._kept.get(id_)
        return None if found is None or found.is_over else found.stored

    async def save(
        self,
        id_: str,
        document: str,
        *,
        revision: int,
        expected: int | None,
        terms: Terms = PLAIN,
    ) -> bool:
        """Write `document` as `revision`, if what is kept has the revision `expected`; see `Store.save`."""
        now = time.time()
        with self._lock:
            kept = self._kept.get(id_)
            alive = None if kept is None or kept.is_over else kept.stored.revision
            if alive != expected:
                return False
            self._kept[id_] = _Document(
                Stored(revision, document), None if terms.keep is None else now + terms.keep
            )
            if terms.tags:
                self._tags.setdefault(id_, set()).update(terms.tags)
            self._add(id_, terms.entry)
            return True

    async def after(self, id_: str, limit: int = 200) -> list[tuple[str, Stored]]:
        """The next documents behind `id_` in the order of their ids."""
        with self._lock:
            ids = sorted(key for key, kept in self._kept.items() if not kept.is_over)
            start = bisect_right(ids, id_)
            return [(key, self._kept[key].stored) for key in ids[start : start + limit]]

    async def history(self, id_: str) -> list[str]:
        """The entries of `id_`, the oldest first."""
        now = time.time()
        with self._lock:
            return [entry.text for entry in self._histories.get(id_, ()) if entry.until > now]

    async def tagged(self, tag: str) -> list[str]:
        """The ids that were saved with `tag`."""
        now = time.time()
        with self._lock:
            found = [id_ for id_, tags in self._tags.items() if tag in tags]
            return sorted(id_ for id_ in found if self._is_found(id_, now))

    async def delete(self, id_: str, *, entry: str | None = None) -> None:
        """Forget a conversation, but not its history, to which `entry` is added."""
        with self._lock:
            self._kept.pop(id_, None)
            self._add(id_, entry)
            self._forget_tags()

    async def sweep(self) -> int:
        """Free the space of what is no longer kept."""
        now = time.time()
        with self._lock:
            over = [id_ for id_, kept in self._kept.items() if kept.is_over]
            for id_ in over:
                del self._kept[id_]
            for id_, entries in list(self._histories.items()):
                self._histories[id_] = [entry for entry in entries if entry.until > now]
                if not self._histories[id_]:
                    del self._histories[id_]
            self._forget_tags()
            return len(over)

    async def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._histories.clear()
            self._tags.clear()

    def _is_found(self, id_: str, now: float) -> bool:
        kept = self._kept.get(id_)
        alive = kept is not None and not kept.is_over
        return alive or any(entry.until > now for entry in self._histories.get(id_, ()))

    def _add(self, id_: str, entry: str | None) -> None:
        if entry is not None:
            made = _Entry(entry, time.time() + HISTORY_SECONDS)
            self._histories.setdefault(id_, []).append(made)

    def _forget_tags(self) -> None:
        gone = [id_ for id_ in self._tags if id_ not in self._kept and id_ not in self._histories]
        for id_ in gone:
            del self._tags[id_]
