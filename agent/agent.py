"""The agent: a catalogue, a model, a store and a clock, and the conversations over them."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Self
from weakref import WeakValueDictionary

from agent import document
from agent.catalogue.source import CatalogueSource
from agent.catalogue.view import Views
from agent.chat import Chat
from agent.kept import Kept
from agent.models.base import ChatModel
from agent.models.choose import choose_model
from agent.records.conversation import Conversation
from agent.records.reply import Reply
from agent.records.user import User
from agent.settings import EMBEDDED, Settings
from agent.stores.base import Store
from agent.stores.memory import MemoryStore
from agent.targets.base import Target
from agent.targets.make import make_target
from agent.turn.limits import Limits


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HandoffAgent:
    """Takes people from "I'd like to speak to a live agent" to the right support queue.

    Use it as ``async with HandoffAgent.from_file("queues.yaml") as agent:`` or call `close` at the end.
    One agent serves any number of conversations at once.
    """

    def __init__(
        self,
        catalogue: CatalogueSource,
        *,
        model: ChatModel,
        store: Store | None = None,
        clock: Callable[[], datetime] = _utc_now,
        limits: Limits | None = None,
        state_key: str | None = None,
    ) -> None:
        """Put an agent together from its parts; `from_file` is the ordinary way.

        `clock` gives the aware time of now. `state_key` signs what `Chat.dump` gives out and checks it in
        `resume`; 16 characters or more.
        """
        self.model = model
        self.store: Store = store or MemoryStore()
        self.limits = limits or Limits()
        self.state_key = state_key
        self.now = clock
        self._catalogue = catalogue
        self._desk: tuple[Views, Target] | None = None
        self._tasks: set[asyncio.Task[Reply]] = set()
        self._locks: WeakValueDictionary[tuple[int, str, str], asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        *,
        model: ChatModel | str | None = None,
        store: Store | None = None,
        clock: Callable[[], datetime] = _utc_now,
        limits: Limits | None = None,
        state_key: str | None = None,
    ) -> Self:
        """An agent over the catalogue at `path`, which is read again whenever it changes.

        `model` is a `ChatModel` or a model's name; without it `HANDOFF_MODEL` says, else it is the embedded
        one. `HANDOFF_TIMEOUT` bounds a turn, `HANDOFF_STATE_KEY` signs, unless `limits` and `state_key` are
        given. Raises `CatalogueError` with every mistake of the file, `SettingsError` for the environment.
        """
        named = model if model is None or isinstance(model, str) else EMBEDDED
        settings = Settings.from_environment(os.environ, model=named)
        return cls(
            CatalogueSource(path),
            model=choose_model(settings) if model is None or isinstance(model, str) else model,
            store=store,
            clock=clock,
            limits=limits or Limits(seconds=settings.timeout),
            state_key=state_key or settings.state_key,
        )

    def start(self, user: User | None = None) -> Chat:
        """A new conversation; nothing is stored before the person's first word."""
        now = self.now()
        conversation = Conversation(id=token_hex(16), created=now, updated=now, user=user or User())
        return Chat(self, Kept(self.store, conversation, expected=None))

    def resume(self, saved: str | bytes) -> Chat:
        """Go on with what `Chat.dump` gave out; raises `DocumentError`.

        The host is the store then: keep only the newest dump (it has a `revision`), and let no browser hand
        one in. A newer state in the agent's own store wins over an older dump.
        """
        conversation = document.load(saved, self.state_key)
        return Chat(self, Kept(self.store, conversation, expected=None, handed_in=True))

    async def load(self, id_: str) -> Chat | None:
        """The conversation `id_` from the agent's store, or None."""
        stored = await self.store.load(id_)
        if stored is None:
            return None
        return Chat(self, Kept(self.store, document.load(stored.document), expected=stored.revision))

    async def close(self) -> None:
        """Wait for the turns that are running, then close model and store."""
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(t for t in self._tasks if t.get_loop() is loop), return_exceptions=True)
        await self.model.close()
        await self.store.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # ── for Chat ─────────────────────────────────────────────────────────────────────────────────────────

    def desk(self) -> tuple[Views, Target]:
        """The catalogue of this moment, and its target."""
        views = self._catalogue.current()
        if self._desk is None or self._desk[0] is not views:
            self._desk = (views, make_target(views.catalogue.target))
        return self._desk

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
