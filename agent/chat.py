"""A conversation in use: what is said is stored at once, turns are committed by compare-and-swap.

Messages of one conversation are answered one turn at a time; what arrives during a turn joins it. Actions do
not wait for a running turn: whoever commits first wins, and the other looks again at what is there now.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, NamedTuple

from agent import background, document
from agent.asides import apology, greeting, locale_of, refusal
from agent.audit import entry_of, erased
from agent.errors import ConflictError, HandoffError, InputError, OnceError, StoreError
from agent.kept import Kept
from agent.language.clean import clean, reads_as_written
from agent.language.understand import intent_of, language_of
from agent.observed import committed, observed, with_trace
from agent.records.conversation import Conversation, Once, UserMessage
from agent.records.events import ErrorEvent, Event, StepEvent, TurnEnd, events_of
from agent.records.reply import ACTIONS, Action, Reply, Step
from agent.records.trim import trim
from agent.runtime import Runtime
from agent.stores.base import Terms
from agent.turn.actions import act
from agent.turn.context import Context
from agent.turn.decide import Budget
from agent.turn.message import answer
from agent.turn.private import Redact, redact_with

Emit = Callable[[StepEvent], None]
Turn = Callable[[Emit], Coroutine[Any, Any, Reply]]
COMMITS = 50  # attempts; more means that something writes without pause


class _Press(NamedTuple):
    """The press of a button, as `Chat.press` takes it."""

    action: str
    text: str | None
    queue_id: str | None
    proposal: str | None
    relayed: bool
    once: Once | None


class Chat:
    """One person's conversation. Made by `HandoffAgent.start`, `resume` or `load`."""

    def __init__(self, runtime: Runtime, kept: Kept) -> None:
        self._runtime = runtime
        self._kept = kept

    @property
    def id(self) -> str:
        """The conversation's id."""
        return self.conversation.id

    @property
    def conversation(self) -> Conversation:
        """The newest document that this chat has seen."""
        return self._kept.conversation

    @property
    def notice(self) -> str:
        """What the catalogue wants this person to read before their first message, "" for nothing; no reply has it."""
        user = self.conversation.user
        return self._runtime.desk().views.catalogue.notice_in(user.locale or self.conversation.language)

    def dump(self) -> str:
        """The document as JSON, signed if the agent has a state key; `HandoffAgent.resume` takes it."""
        return document.dump(self.conversation, self._runtime.state_key)

    async def greet(self) -> Reply:
        """Keep a conversation in which nothing was said yet, and get the words that open it. Raises `StoreError`."""
        await self._kept.take_in()
        base = self.conversation
        if not base.revision:
            await self._commit(base, base)
        return greeting(base)

    async def delete(self) -> None:
        """Forget this conversation; its history, which holds no word of it, says so. Raises `StoreError`."""
        names = await self._runtime.pseudonyms.of_user(self.conversation.user)
        entry = erased(self.conversation, self._runtime.now(), subject=names[0] if names else None)
        await self._runtime.store.delete(self.id, entry=entry.model_dump_json())

    async def send(self, text: str, *, relayed: bool = False, once: Once | None = None) -> Reply:
        """Say `text` and get the reply.

        `relayed` marks what another model passes on for the person: such a "yes" hands nothing off, the
        person has to press *Start agent chat*. With `once` the same call again changes nothing and gets the same
        reply. Raises `StoreError` where the message cannot be kept, `OnceError`.
        """
        return await self._run("message", lambda emit: self._message(text, emit, relayed=relayed, once=once))

    async def press(
        self,
        action: str,
        *,
        text: str | None = None,
        queue_id: str | None = None,
        proposal: str | None = None,
        relayed: bool = False,
        once: Once | None = None,
    ) -> Reply:
        """Press a button: `start`, `skip`, `other`, `choose` (`queue_id`), `cancel` or `edit` (`text`).

        Raises `InputError` for any other action, `StoreError` where it cannot be kept, `OnceError` as `send` does.
        """
        return await self._run(action, self._pressed(_Press(action, text, queue_id, proposal, relayed, once)))

    def stream(self, text: str, *, relayed: bool = False, once: Once | None = None) -> AsyncIterator[Event]:
        """`send` as events: steps while the turn runs, the rest when it is committed."""
        return self._stream("message", lambda emit: self._message(text, emit, relayed=relayed, once=once))

    def stream_press(
        self,
        action: str,
        *,
        text: str | None = None,
        queue_id: str | None = None,
        proposal: str | None = None,
        relayed: bool = False,
        once: Once | None = None,
    ) -> AsyncIterator[Event]:
        """`press` as events."""
        return self._stream(action, self._pressed(_Press(action, text, queue_id, proposal, relayed, once)))

    def send_sync(self, text: str, *, relayed: bool = False) -> Reply:
        """`send` for code without an event loop, or inside a running one."""
        return background.run(self.send(text, relayed=relayed))

    def press_sync(
        self,
        action: str,
        *,
        text: str | None = None,
        queue_id: str | None = None,
        proposal: str | None = None,
        relayed: bool = False,
    ) -> Reply:
        """`press` for code without an event loop, or inside a running one."""
        return background.run(
            self.press(action, text=text, queue_id=queue_id, proposal=proposal, relayed=relayed)
        )

    # ── running ──────────────────────────────────────────────────────────────────────────────────────────

    def _pressed(self, press: "_Press") -> Turn:
        action, text, relayed, once = press.action, press.text, press.relayed, press.once
        if action == "message" and text is not None:
            return lambda emit: self._message(text, emit, relayed=relayed, once=once)
        if action not in ACTIONS:
            raise InputError(f"there is no action {action[:40]!r}: use {', '.join(ACTIONS)}")
        if action == "edit" and text is not None and clean(text):
            return lambda emit: self._message(text, emit, action="summary", relayed=relayed, once=once)
        return lambda emit: self._action(action, press, emit)

    async def _run(self, did: str, turn: Turn) -> Reply:
        # A turn goes on when its caller is cancelled: what was said is answered and kept all the same.
        return await asyncio.shield(self._task(did, turn, lambda _: None))

    def _task(self, did: str, turn: Turn, emit: Emit) -> asyncio.Task[Reply]:
        runtime = self._runtime
        words = (self._redact() or str) if runtime.log_text else None
        return runtime.task(
            observed(turn(emit), lambda: self.conversation, did=did, model=runtime.model.name, words=words)
        )

    async def _stream(self, did: str, turn: Turn) -> AsyncIterator[Event]:
        steps: asyncio.Queue[StepEvent | None] = asyncio.Queue()
        task = self._task(did, turn, steps.put_nowait)
        task.add_done_callback(lambda _: steps.put_nowait(None))
        shown: dict[str, StepEvent] = {}
        while (step := await steps.get()) is not None:
            shown[step.id] = step
            yield step
        try:
            reply = task.result()
        except HandoffError as error:
            yield ErrorEvent(message=apology(self.conversation, error))
            yield TurnEnd(phase=self.conversation.phase, model_calls=0)
        else:
            for event in events_of(reply, shown.values()):
                yield event

    # ── turns ────────────────────────────────────────────────────────────────────────────────────────────

    async def _message(
        self,
        text: str,
        emit: Emit,
        *,
        action: str | None = None,
        relayed: bool = False,
        once: Once | None = None,
    ) -> Reply:
        limits = self._runtime.limits
        deadline = asyncio.get_running_loop().time() + limits.asking
        budget = Budget(limits.model_calls, deadline)
        # Before anything else is looked at: a yes is for this alone, and for nothing where it does not read as written.
        seen = self.conversation.on_screen if reads_as_written(text) else None
        await self._kept.take_in()
        await self._runtime.ready_for(self.conversation.user)
        said = clean(text)
        if not said or len(text) > limits.message_chars:
            return refusal(self.conversation, self._runtime.now(), len(text) if said else 0, limits)
        at = self._runtime.now()
        number = await self._keep(
            UserMessage(text=said, at=at, action=action, seen=seen, relayed=relayed, once=once)
        )
        lock = self._runtime.lock(self.id, "message")
        waited = lock.locked()
        async with lock:
            if waited:
                await self._kept.look_again()
            for _ in range(COMMITS):
                base = self.conversation
                reply = base.answer_to(number)
                if reply:  # another turn has taken this message along
                    return reply
                context = self._context(emit, deadline)
                model = await self._runtime.model_for(base)
                done = await answer(context, base, model, budget)
                if await self._commit(base, done, context):
                    self._runtime.count(base, budget)
                    return _reply_of(done)
        raise ConflictError("the conversation is being changed without pause: try again")

    async def _action(self, action: Action, press: "_Press", emit: Emit) -> Reply:
        queue_id, proposal, once = press.queue_id, press.proposal, press.once
        deadline = asyncio.get_running_loop().time() + self._runtime.limits.asking
        seen = self.conversation.on_screen
        if action == "start" and proposal is None:
            proposal = self.conversation.to_start  # what is current now, not what may be by the commit
        await self._kept.take_in()
        await self._runtime.ready_for(self.conversation.user)
        lock = self._runtime.lock(self.id, "action")
        waited = lock.locked()
        async with lock:
            if waited:  # else a second press might ask the target for something that is never used
                await self._kept.catch_up()
            for _ in range(COMMITS):
                base = self.conversation
                again = self._again(once)
                if again is not None and (reply := base.reply_to_press(again)):
                    return reply
                context = self._context(emit, deadline)
                queue = context.view.get(queue_id)
                label = queue.name if action == "choose" and queue else context.locale(action)
                at = self._runtime.now()
                message = UserMessage(
                    text=label, at=at, action=action, seen=seen, relayed=press.relayed, once=once
                )
                pressed = base.model_copy(update={"messages": (*base.messages, message)})
                done = await act(context, pressed, action, queue_id=queue_id, proposal_id=proposal)
                if await self._commit(base, done, context):
                    return _reply_of(done)
        raise ConflictError("the conversation is being changed without pause: try again")

    async def _keep(self, said: UserMessage) -> int:
        """Store a message before anything is done with it; returns its number."""
        for _ in range(COMMITS):
            again = self._again(said.once)
            if again is not None:
                return again
            base = self.conversation
            updates: dict[str, Any] = {
                "messages": (*base.messages, said),
                "language": _language(said.text, base),
            }
            if said.action == "summary":
                updates["own_summary"] = said.text
            if await self._commit(base, base.model_copy(update=updates)):
                return base.dropped + len(base.messages)
        raise ConflictError("the conversation is being changed without pause: try again")

    def _again(self, once: Once | None) -> int | None:
        """The number of what this very call has said before, if it is one that is made again."""
        found = self.conversation.said_with(once)
        if found and found[1].once != once:
            raise OnceError("the name of this call was used before, for a call that said something else")
        return found[0] if found else None

    async def _commit(self, base: Conversation, done: Conversation, context: Context | None = None) -> bool:
        """Commit `done`, made in `context`, as the revision after `base`; False where another writer was first."""
        done = done.model_copy(
            update={
                "revision": base.revision + 1,
                "updated": self._runtime.now(),
                "catalogue": context.catalogue.hash if context else base.catalogue,
                "messages": with_trace(done.messages) if context else done.messages,
            }
        )
        names = await self._runtime.pseudonyms.of_user(done.user)
        entry = entry_of(base, done, subject=names[0] if names else None)
        tags = [] if self._kept.is_stored else list(names)
        if entry and entry.outcome == "handoff" and entry.proposal:
            tags.append(entry.proposal.reference)  # what the target's side knows of it
        terms = Terms(tags, self._runtime.keep, entry.model_dump_json() if entry else None)
        self._runtime.sweep_sometimes()
        if not await self._kept.commit(base, trim(done), terms):
            return False
        if entry:
            committed(entry)
        return True

    def _context(self, emit: Emit, deadline: float) -> Context:
        conversation = self.conversation
        views, target, availability = self._runtime.desk()

        def show(step: Step) -> None:
            emit(StepEvent(**step.model_dump()))

        return Context(
            catalogue=views.catalogue,
            view=views.of(conversation.user),
            target=target,
            availability=availability,
            locale=locale_of(conversation),
            redact=self._redact(),
            limits=self._runtime.limits,
            now=self._runtime.now(),
            deadline=deadline,
            accept_relayed=self._runtime.accept_relayed,
            show=show,
        )

    def _redact(self) -> Redact | None:
        redactor = self._runtime.redactor
        return redact_with(redactor, locale_of(self.conversation).language) if redactor else None


def _reply_of(done: Conversation) -> Reply:
    reply = done.last_reply
    if reply is None:
        raise StoreError("a turn ends with a reply")
    return reply


def _language(text: str, base: Conversation) -> str | None:
    """The language from here on; a phrase like "ok" does not change one that is known."""
    if base.language and intent_of(text):
        return base.language
    return language_of(text) or base.language
