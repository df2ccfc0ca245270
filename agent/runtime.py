"""What all conversations of one agent share."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from agent.catalogue.source import CatalogueSource
from agent.catalogue.view import Views
from agent.errors import SettingsError
from agent.logs import fields
from agent.models.base import ChatModel
from agent.records.reply import Reply
from agent.records.user import User
from agent.redaction.base import Redactor
from agent.stores.base import Store
from agent.targets.availability import Availability
from agent.targets.base import Target
from agent.targets.make import make_availability, make_target
from agent.turn.limits import Limits

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
        accept_relayed: bool,
        redactor: Redactor | None,
        log_text: bool,
    ) -> None:
        self.model = model
        self.store = store
        self.now = clock
        self.limits = limits
        self.state_key = state_key
        self.accept_relayed = accept_relayed
        self.redactor = redactor
        self.log_text = log_text
        self._catalogue = catalogue
        views = catalogue.current()
        self._desk = self._made(views)
        self._refused: Views | None = None
        self._tasks: set[asyncio.Task[Reply]] = set()
        self._locks: WeakValueDictionary[tuple[int, str, str], asyncio.Lock] = WeakValueDictionary()

    def desk(self) -> Desk:
        """What this moment's turns work with.

        A changed catalogue whose target lacks a setting is not taken over; one warning says why.
        """
        views = self._catalogue.current()
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
        """Have the search over what `user` may see made, beside the event loop: a new catalogue has none yet."""
        view = self.desk().views.of(user)
        if not view.is_ready:
            await asyncio.to_thread(view.make_ready)

    def _made(self, views: Views) -> Desk:
        catalogue, store = views.catalogue, self.store
        target = make_target(catalogue, store=store, seconds=self.limits.seconds)
        return Desk(views, target, make_availability(catalogue, store=store, clock=self.now))

    def task(self, turn: Coroutine[Any, Any, Reply]) -> asyncio.Task[Reply]:
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
