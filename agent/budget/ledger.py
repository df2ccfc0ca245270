"""What was spent today, counted in the store, so that all processes count together.

A count may lag behind by what other processes have spent in the last seconds: a budget is a bound on cost, no promise.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from pydantic import ValidationError

from agent.budget.allowance import Allowance, Scope
from agent.errors import StoreError
from agent.records.base import Record
from agent.stores.base import Store, Terms

FRESH_SECONDS = 5.0
"""How long a count that was read is good enough."""
_KEEP = Terms(keep=48 * 3600.0)
_TRIES = 20

log = logging.getLogger("agent.budget")


class Spent(Record):
    """What was spent."""

    turns: int = 0
    conversations: int = 0
    tokens: int = 0

    def plus(self, more: "Spent") -> "Spent":
        """Both together."""
        return Spent(
            turns=self.turns + more.turns,
            conversations=self.conversations + more.conversations,
            tokens=self.tokens + more.tokens,
        )


@dataclass(slots=True)
class _Count:
    known: Spent = field(default_factory=Spent)
    pending: Spent = field(default_factory=Spent)
    read: float = -FRESH_SECONDS
    writing: bool = False
    told: bool = False


class Ledger:
    """The counts of one day at a time. `clock` says which day it is."""

    def __init__(self, store: Store, allowance: Allowance, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._bounds = {
            scope: bounds for scope in ("user", "key", "tenant") if (bounds := allowance.of(scope))
        }
        self._clock = clock
        self._day = ""
        self._counts: dict[tuple[Scope, str], _Count] = {}

    async def is_spent(self, who: dict[Scope, str]) -> bool:
        """Whether any budget that `who` draws on is spent. A store that cannot be read spends nothing."""
        spent = False
        for scope, name in who.items():
            bounds = self._bounds.get(scope)
            if not bounds:
                continue
            count = self._count(scope, name)
            await self._refresh(scope, name, count)
            total = count.known.plus(count.pending)
            over = [unit for unit, bound in bounds.items() if getattr(total, unit) >= bound]
            if over and not count.told:
                count.told = True
                log.warning(
                    "The budget of %s %s is spent for today (%s): the embedded model answers until midnight, UTC",
                    scope,
                    name,
                    ", ".join(f"{getattr(total, unit):,} of {bounds[unit]:,} {unit}" for unit in over),
                )
            spent = spent or bool(over)
        return spent

    async def add(self, who: dict[Scope, str], spent: Spent) -> None:
        """Count `spent`. What cannot be written now is written with the next."""
        for scope, name in who.items():
            if scope in self._bounds:
                count = self._count(scope, name)
                count.pending = count.pending.plus(spent)
                if not count.writing:  # else it goes along with what is being written
                    await self._write(scope, name, count)

    def _count(self, scope: Scope, name: str) -> _Count:
        day = self._clock().strftime("%Y-%m-%d")
        if day != self._day:
            self._day, self._counts = day, {}
        return self._counts.setdefault((scope, name), _Count())

    async def _refresh(self, scope: Scope, name: str, count: _Count) -> None:
        if time.monotonic() - count.read < FRESH_SECONDS:
            return
        try:
            stored = await self._store.load(self._id(scope, name))
        except StoreError as error:
            log.warning("What was spent cannot be read: %s", error)
            return
        count.read = time.monotonic()
        if stored:
            count.known = _read(stored.document)

    async def _write(self, scope: Scope, name: str, count: _Count) -> None:
        count.writing = True
        try:
            while count.pending != Spent():
                if not await self._put(self._id(scope, name), count):
                    return
        except StoreError as error:
            log.warning("What was spent cannot be written: %s", error)
        finally:
            count.writing = False

    async def _put(self, id_: str, count: _Count) -> bool:
        for _ in range(_TRIES):
            stored = await self._store.load(id_)
            known, adding = _read(stored.document) if stored else Spent(), count.pending
            new = known.plus(adding)
            revision = stored.revision if stored else 0
            if await self._store.save(
                id_,
                new.model_dump_json(),
                revision=revision + 1,
                expected=revision or None,
                terms=_KEEP,
            ):
                count.known, count.read = new, time.monotonic()
                count.pending = Spent(
                    turns=count.pending.turns - adding.turns,
                    conversations=count.pending.conversations - adding.conversations,
                    tokens=count.pending.tokens - adding.tokens,
                )
                return True
            await asyncio.sleep(0)
        return False

    def _id(self, scope: Scope, name: str) -> str:
        return f"handoff:spent:{self._day}:{scope}:{sha256(name.encode()).hexdigest()[:32]}"


def _read(text: str) -> Spent:
    try:
        return Spent.model_validate_json(text)
    except ValidationError:
        return Spent()
