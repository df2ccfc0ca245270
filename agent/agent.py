"""The agent: a catalogue, a model, a store and a clock, and the conversations over them."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Self

from agent import document
from agent.budget.allowance import Allowance
from agent.catalogue.source import CatalogueSource
from agent.chat import Chat
from agent.errors import SettingsError
from agent.kept import Kept
from agent.models.base import ChatModel
from agent.models.breaker import Breaker
from agent.models.choose import choose_meaning, choose_model
from agent.records.conversation import Conversation
from agent.records.listed import ListedQueue
from agent.records.reply import Handoff
from agent.records.user import User
from agent.redaction.base import Redactor
from agent.redaction.make import make_redactor
from agent.runtime import Runtime
from agent.settings import EMBEDDED, KEEP, KEY_CHARS, Settings
from agent.stores.base import RESERVED, Store
from agent.stores.choose import choose_store
from agent.stores.memory import MemoryStore
from agent.turn.limits import Limits

FOUND = 10
"""How many queues a search lists, at most."""


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
        pseudonym_key: str | None = None,
        keep: timedelta = KEEP,
        allowance: Allowance | None = None,
        accept_relayed: bool = False,
        redactor: Redactor | None = None,
        log_text: bool = False,
    ) -> None:
        """Put an agent together from its parts; `from_file` is the ordinary way.

        `clock` gives the aware time of now. `state_key` signs what `Chat.dump` gives out and checks it in
        `resume`, `pseudonym_key` makes the pseudonyms of the history (see `Pseudonyms`); 16 characters or more. A
        conversation is forgotten `keep` after its last turn. Whoever has spent the day's `allowance` is answered by the
        embedded model. With `accept_relayed` a yes that another model passes on counts; it is recorded with the message
        and the handoff. What `redactor` takes out of what the person says reaches no model, and no summary but one that
        they write themselves. With `log_text` their words are logged, as a model sees them.
        """
        for what, key in (("state", state_key), ("pseudonym", pseudonym_key)):
            if key is not None and len(key) < KEY_CHARS:
                raise SettingsError(f"the {what} key is too short: it takes {KEY_CHARS} characters or more")
        self._runtime = Runtime(
            catalogue,
            model=model,
            store=store or MemoryStore(),
            clock=clock,
            limits=limits or Limits(),
            state_key=state_key,
            pseudonym_key=pseudonym_key,
            keep=keep,
            allowance=allowance or Allowance(),
            accept_relayed=accept_relayed,
            redactor=redactor,
            log_text=log_text,
        )

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        *,
        model: ChatModel | str | None = None,
        store: Store | str | None = None,
        clock: Callable[[], datetime] = _utc_now,
        limits: Limits | None = None,
        state_key: str | None = None,
        pseudonym_key: str | None = None,
        keep: timedelta | None = None,
        allowance: Allowance | None = None,
        accept_relayed: bool = False,
        redactor: Redactor | None = None,
        log_text: bool = False,
    ) -> Self:
        """An agent over the catalogue at `path`, which is read again whenever it changes.

        `model` is a `ChatModel` or a model's name; without it `HANDOFF_MODEL` says, else it is the embedded
        one, and any other gets a `Breaker`. `store` is a `Store` or its text (see `choose_store`), without it
        `HANDOFF_STORE` says, else it is in memory. `HANDOFF_TIMEOUT` bounds a turn, `HANDOFF_STATE_KEY` signs,
        `HANDOFF_PSEUDONYM_KEY` makes pseudonyms, `HANDOFF_KEEP_DAYS` says how long a conversation is kept,
        `HANDOFF_BUDGET` what may be spent a day, `HANDOFF_REDACT` what no model sees, unless they are given here;
        `HANDOFF_SENTENCES` is what the search compares by. Raises `CatalogueError` with every mistake of the file,
        `SettingsError` for the environment.
        """
        named = model if model is None or isinstance(model, str) else EMBEDDED
        settings = Settings.from_environment(os.environ, model=named)
        chosen = choose_model(settings) if model is None or isinstance(model, str) else model
        store = store or settings.store
        return cls(
            CatalogueSource(path, meaning=choose_meaning(settings)),
            model=chosen if chosen.name == EMBEDDED else Breaker(chosen),
            store=choose_store(store) if isinstance(store, str) else store,
            clock=clock,
            limits=limits or Limits(seconds=settings.timeout),
            state_key=state_key or settings.state_key,
            pseudonym_key=pseudonym_key or settings.pseudonym_key,
            keep=keep or settings.keep,
            allowance=allowance or settings.allowance,
            accept_relayed=accept_relayed,
            redactor=redactor or make_redactor(settings.redact),
            log_text=log_text or settings.log_text,
        )

    def start(self, user: User | None = None, *, via: str | None = None, id_: str | None = None) -> Chat:
        """A new conversation; nothing is stored before the person's first word, or `Chat.greet`.

        `via` names what it comes in by (a host's key, a channel), which has a budget of its own. `id_` is one of the
        caller's own, which nobody can guess; without it, 128 random bits.
        """
        now = self._runtime.now()
        conversation = Conversation(
            id=id_ or token_hex(16), created=now, updated=now, user=user or User(), via=via
        )
        return Chat(self._runtime, Kept(self._runtime.store, conversation, expected=None))

    def notice(self, locale: str | None = None) -> str:
        """What the catalogue wants people to read before their first message, "" for nothing; `Chat.notice` knows whom."""
        return self._runtime.desk().views.catalogue.notice_in(locale)

    def resume(self, saved: str | bytes) -> Chat:
        """Go on with what `Chat.dump` gave out; raises `DocumentError`.

        The host is the store then: keep only the newest dump (it has a `revision`), and let no browser hand
        one in. A newer state in the agent's own store wins over an older dump.
        """
        conversation = document.load(saved, self._runtime.state_key)
        kept = Kept(self._runtime.store, conversation, expected=None, handed_in=True)
        return Chat(self._runtime, kept)

    async def load(self, id_: str) -> Chat | None:
        """The conversation `id_` from the agent's store, or None."""
        stored = None if id_.startswith(RESERVED) else await self._runtime.store.load(id_)
        if stored is None:
            return None
        kept = Kept(self._runtime.store, document.load(stored.document), expected=stored.revision)
        return Chat(self._runtime, kept)

    async def warm_up(self) -> None:
        """Have the search for people without attributes made now, in a thread: else the first turn waits for it.

        Takes half of the time for a model's answers at most, or two seconds; what takes longer goes on by itself.
        """
        await self._runtime.ready_for(User())

    def still_opens(self, handoff: Handoff) -> bool:
        """Whether its URL opens a chat: it has not expired, and leads where the configuration says."""
        runtime = self._runtime
        return not handoff.has_expired(runtime.now()) and runtime.desk().target.owns(handoff.url)

    async def queues(self, user: User | None = None, search: str | None = None) -> list[ListedQueue]:
        """The queues that `user` may see: all, or those that fit `search` best, the best first."""
        views = self._runtime.desk().views
        view = views.of(user or User())
        found = view.queues
        if search:
            await asyncio.to_thread(view.make_ready)
            found = tuple(hit.queue for hit in view.search(search, FOUND))
        now = self._runtime.now()
        return [
            ListedQueue(
                id=queue.id,
                name=queue.name,
                description=queue.description,
                languages=queue.languages,
                open=hours.is_open(now) if (hours := views.catalogue.hours_of(queue)) else True,
            )
            for queue in found
        ]

    async def pseudonyms(self, user: User) -> tuple[str, ...]:
        """What finds in the store what is kept of `user`; see `Pseudonyms`. Raises `StoreError`."""
        return await self._runtime.pseudonyms.of_user(user)

    async def close(self) -> None:
        """Wait for the turns that are running, then close model and store."""
        await self._runtime.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
