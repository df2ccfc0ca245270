"""What all conversations of one agent share."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from agent.budget.allowance import Allowance, Scope
from agent.budget.ledger import Ledger, Spent
from agent.catalogue.source import CatalogueSource
from agent.catalogue.view import Views
from agent.errors import SettingsError, StoreError
from agent.logs import fields
from agent.models.base import ChatModel, Searches
from agent.models.embedded import EmbeddedModel
from agent.pseudonyms import Pseudonyms
from agent.records.conversation import Conversation
from agent.records.user import User
from agent.redaction.base import Redactor
from agent.stores.base import Store
from agent.stores.bounded import BoundedStore
from agent.targets.availability import Availability
from agent.targets.base import Target
from agent.targets.make import make_availability, make_target
from agent.turn.decide import Budget
from agent.turn.limits import Limits

SWEEP_SECONDS = 600.0
_READY = (
    2.0  # seconds that are spent on a search in any case: it finds the right queue where the model does not
)

T = TypeVar("T")
log = logging.getLogger("agent.catalogue")


class Desk(NamedTuple):
    """The catalogue of a moment, its target, and who knows how many agents are online."""

    views: Views
    target: Target
    availability: Availability | None


class Runtime:
    """The parts that an agent was put together from, its running turns, and the locks of its conversations.

    Raises `SettingsError` where the catalogue's target needs a setting that is missing.
    """

    def __init__(
        self,
        catalogue: CatalogueSource,
        *,
        model: ChatModel,
        store: Store,
        clock: Callable[[], datetime],
        limits: Limits,
        state_key: str | None,
        pseudonym_key: str | None,
        keep: timedelta,
        allowance: Allowance,
        accept_relayed: bool,
        redactor: Redactor | None,
        log_text: bool,
    ) -> None:
        self.model = model
        self.store = BoundedStore(store, limits.storing)
        self.now = clock
        self.limits = limits
        self.state_key = state_key
        self.pseudonyms = Pseudonyms(self.store, pseudonym_key)
        self.keep = keep.total_seconds()
        self._free = isinstance(model, EmbeddedModel)
        self._instead = model if self._free else EmbeddedModel()
        self._ledger = Ledger(self.store, allowance, clock)
        self.accept_relayed = accept_relayed
        self.redactor = redactor
        self.log_text = log_text
        self._catalogue = catalogue
        views = catalogue.current()
        self._desk = self._made(views)
        self._refused: Views | None = None
        self._swept = time.monotonic()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._locks: WeakValueDictionary[tuple[int, str, str], asyncio.Lock] = WeakValueDictionary()

    def desk(self) -> Desk:
        """What this moment's turns work with.

        A changed catalogue whose target lacks a setting is not taken over; one warning says why.
        """
        views = self._catalogue.views
        if views is not self._desk.views and views is not self._refused:
            try:
                self._desk = self._made(views)
            except SettingsError as error:
                self._refused = views
                told = fields("catalogue_refused", error=type(error).__name__)
                log.warning(
                    "The catalogue cannot be taken over, the previous one stays in use: %s",
                    error,
                    extra=told,
                )
        return self._desk

    async def ready_for(self, user: User) -> None:
        """Have a changed catalogue read, and the search made that the model needs for `user`, beside the event loop.

        That takes half of the time for asking at most, or two seconds; what takes longer goes on, and serves the
        next turn. Where the model needs none, the search is made when a turn does (`Context.searchable`).
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds := max(_READY, self.limits.asking / 2)):
                if self._catalogue.is_due:
                    await asyncio.to_thread(self._catalogue.current)
                view = self.desk().views.of(user)
                if not isinstance(self.model, Searches) or self.model.searches(view):
                    await view.ready(seconds)

    def _made(self, views: Views) -> Desk:
        catalogue, store = views.catalogue, self.store
        target = make_target(catalogue, store=store, seconds=self.limits.seconds)
        return Desk(views, target, make_availability(catalogue, store=store, clock=self.now))

    async def model_for(self, conversation: Conversation) -> ChatModel:
        """The model, or the embedded one where a budget is spent."""
        if self._free or not await self._ledger.is_spent(await self._spenders(conversation)):
            return self.model
        await self.desk().views.of(conversation.user).ready(self.limits.asking / 2)
        return self._instead

    def count(self, before: Conversation, used: Budget) -> None:
        """Count what the turn after `before` has used, beside the turns."""
        if used.calls and not self._free:
            first = not any(message.role == "assistant" for message in before.messages) and not before.dropped
            tokens = used.prompt_tokens + used.completion_tokens
            self.task(self._count(before, Spent(turns=1, conversations=int(first), tokens=tokens)))

    async def _count(self, conversation: Conversation, spent: Spent) -> None:
        await self._ledger.add(await self._spenders(conversation), spent)

    async def _spenders(self, conversation: Conversation) -> dict[Scope, str]:
        names = await self.pseudonyms.of_user(conversation.user)
        found = {
            "user": names[0] if names else None,
            "key": conversation.via,
            "tenant": conversation.user.tenant,
        }
        return {scope: name for scope, name in found.items() if name}  # type: ignore[misc]  # the keys are scopes

    def sweep_sometimes(self) -> None:
        """Have the store forget what is over, beside the turns, at most once in `SWEEP_SECONDS`."""
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            self._swept = time.monotonic()
            self.task(self._sweep())

    async def _sweep(self) -> None:
        try:
            await self.store.sweep()
        except StoreError as error:
            logging.getLogger("agent.store").warning("What is over cannot be swept: %s", error)

    def task(self, turn: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run a turn to its end, whatever becomes of who asked for it."""
        task = asyncio.get_running_loop().create_task(turn)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def lock(self, id_: str, kind: str) -> asyncio.Lock:
        """The lock of a conversation's turns in this event loop; other loops and processes meet at the store."""
        key = (id(asyncio.get_running_loop()), id_, kind)
        return self._locks.setdefault(key, asyncio.Lock())

    async def close(self) -> None:
        """Wait for the turns that are running in this event loop, then close model and store."""
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(t for t in list(self._tasks) if t.get_loop() is loop), return_exceptions=True)
        if self._desk.availability:
            await self._desk.availability.close()
        await self.model.close()
        await self.store.close()
