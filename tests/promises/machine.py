"""A person who does anything in any order, before a model that does anything, in two tabs, through restarts."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from agent import Chat, HandoffAgent, Reply, User
from agent.catalogue.source import CatalogueSource
from agent.models.base import ChatModel
from agent.records.conversation import Conversation
from agent.turn.limits import Limits
from tests.support import small

from . import hostile
from .oracle import KEY, Oracle
from .puppet import Move, Puppet
from .words import NEAR_YES, NO_PROBLEM, PROBLEMS, WORDS, YES, expand, ids, said

answers = st.runner().flatmap(lambda machine: machine.moves)
TURN = 100.0
"""Seconds in which a turn must be over however busy the machine is; a model that hangs is waited for much less."""


class Promises(Oracle):
    """The rules. `moves` is what the model may do; a subclass has another model, or another target."""

    moves: ClassVar[st.SearchStrategy[list[Any]]] = hostile.moves
    agreed: ClassVar[list[Any]] = hostile.AGREED
    unusable: ClassVar[list[Any]] = hostile.UNUSABLE

    @classmethod
    @cache  # the search over a catalogue is made once, not for every example
    def source(cls) -> CatalogueSource:
        with TemporaryDirectory() as folder:
            return CatalogueSource.fixed(cls.make_catalogue(Path(folder)))

    @classmethod
    def make_catalogue(cls, folder: Path) -> Any:
        return small.catalogue(folder)

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.loop = self.stack.enter_context(asyncio.Runner()).get_loop()
        self.catalogue = self.source().current().catalogue
        self.model: Any = self.make_model()
        self.tab: Chat | None = None
        self.agent = self.new_agent()
        self.chat = self.agent.start()
        self.waited = False

    def make_model(self) -> ChatModel:
        return Puppet()

    def script(self, moves: list[Any]) -> None:
        """Let the model make these moves from now on."""
        self.model.moves = list(moves)

    def heard(self) -> None:
        """Look at what the model was told in this step: nothing hidden."""
        for briefing in self.model.briefings:
            assert briefing.view is self.view  # which `begin` has looked at
            assert {queue.id for queue in briefing.candidates} <= self.visible
            self.check_secret(briefing.correction or "")
        self.model.briefings.clear()

    def new_agent(self) -> HandoffAgent:
        return HandoffAgent(self.source(), model=self.model, clock=lambda: self.now, state_key=KEY)

    def teardown(self) -> None:
        self.check_document()
        self.loop.run_until_complete(self.model.close())
        self.stack.close()

    @initialize(
        region=st.sampled_from([None, "US", "EU", ["US", "EU"], ["eu"]]),
        team=st.sampled_from([None, "board", ["sales", "board"], ["sales"]]),
        locale=st.sampled_from([None, "en", "de-AT"]),
    )
    def begin(self, region: Any, team: Any, locale: str | None) -> None:
        attributes = {key: value for key, value in (("region", region), ("team", team)) if value}
        user = User(name="Ada\n{queue_id}&", locale=locale, attributes=attributes)
        self.meet(user)
        self.view = self.source().current().of(user)
        assert {queue.id for queue in self.view.queues} == self.visible == {*self.view.by_id}
        self.check_secret(repr(self.view.queues))
        self.chat = self.agent.start(user)

    # ── what the person does ─────────────────────────────────────────────────────────────────────────────

    @rule(text=said, moves=answers)
    def message(self, text: str, moves: list[Any]) -> None:
        before, agreed = self.chat.conversation, self.yes_in(text)
        reply = self.step(self.chat.send(text), moves, agreed, text)
        if not before.messages and text in NO_PROBLEM:
            assert reply.proposal is None
        if len(text) > 16_000:
            assert self.chat.conversation == before

    @rule(text=st.sampled_from(PROBLEMS), moves=answers)
    def tell(self, text: str, moves: list[Any]) -> None:
        self.step(self.chat.send(text), moves, None, text)

    @rule(text=st.sampled_from(PROBLEMS), moves=answers)
    def ask_again(self, text: str, moves: list[Any]) -> None:
        self.tell(text, [*self.unusable, *moves])

    @rule(text=st.sampled_from(PROBLEMS), moves=answers)
    def go_on(self, text: str, moves: list[Any]) -> None:
        self.tell(text, [*reversed(self.unusable), *moves])

    @rule(text=st.sampled_from([word for word in [*PROBLEMS, *WORDS, *YES, *NEAR_YES] if word.isprintable()]))
    def relayed(self, text: str) -> None:
        """What another model passes on is never a yes."""
        self.step(self.chat.send(expand(text), relayed=True), self.agreed, None, text)

    @rule(text=st.sampled_from(sorted({*PROBLEMS, *YES})), moves=answers)
    def watch(self, text: str, moves: list[Any]) -> None:
        """A turn as events."""
        events = []

        async def turn() -> Reply:
            events.extend([event async for event in self.chat.stream(text)])
            last = self.chat.conversation.last_reply
            assert last
            return last

        reply = self.step(turn(), moves, self.yes_in(text), text)
        self.check_events(events, reply)

    @precondition(lambda self: not self.waited)
    @rule(text=st.sampled_from(PROBLEMS), move=hostile.hanging)
    def wait_in_vain(self, text: str, move: Move) -> None:
        """The model never answers; once an example, since it costs real time."""
        self.waited = True
        usual = self.agent._runtime.limits
        self.agent._runtime.limits = Limits(seconds=0.02)
        self.step(self.chat.send(text), self.silent(move), None, text)
        self.agent._runtime.limits = usual

    def silent(self, move: Move) -> list[Any]:
        return [move]

    @rule(
        proposal=st.sampled_from(["none", "current", "current", "old", "invented"]),
        at=st.sampled_from([None, small.OPEN, small.CLOSED]),
    )
    def start(self, proposal: str, at: datetime | None) -> None:
        """Hours may change under the proposal on the screen: the press has to notice."""
        self.now = at or self.now
        current = self.chat.conversation.proposal
        id_ = {
            "none": None,
            "current": current.id if current else None,
            "old": self.shown[0] if self.shown else "older",
            "invented": "f" * 32,
        }[proposal]
        agreed = id_ or (current.id if current else None)
        self.press_any(agreed, "start", proposal=id_)

    @rule(action=st.sampled_from(["skip", "other", "cancel", "edit", "choose", "choose"]), queue_id=ids)
    def press(self, action: str, queue_id: str) -> None:
        self.press_any(None, action, queue_id=queue_id if action == "choose" else None)

    @rule(text=hostile.texts, moves=answers)
    def edit(self, text: str, moves: list[Any]) -> None:
        reply = self.step(self.chat.press("edit", text=text), moves, None, text)
        assert reply.model_calls <= 1

    # ── what happens around them ─────────────────────────────────────────────────────────────────────────

    @rule(what=st.sampled_from(["time", "tab", "restart"]))
    def meanwhile(self, what: str) -> None:
        if what == "time":
            self.now = small.CLOSED if self.now == small.OPEN else small.OPEN
        elif what == "tab":
            self.tab = self.loop.run_until_complete(self.agent.load(self.chat.id))
        else:
            self.restart()

    def restart(self) -> None:
        """Promise 7: a dump and a resume between any two steps change nothing."""
        before = self.chat.conversation
        saved = self.chat.dump()
        self.agent, self.tab = self.new_agent(), None  # with a store that knows nothing
        self.chat = self.agent.resume(saved)
        assert self.chat.conversation == before
        assert self.chat.dump() == saved

    @precondition(lambda self: self.tab)
    @rule(how=st.sampled_from(["yes", "start"]), moves=answers)
    def stale_tab(self, how: str, moves: list[Any]) -> None:
        """A yes in a tab that was left open counts for what that tab shows, or for nothing."""
        tab, newest = self.tab, self.chat.conversation
        assert tab
        seen = tab.conversation.on_screen if how == "yes" else tab.conversation.to_start
        current = newest.proposal.id if newest.proposal else None
        self.chat, self.tab = tab, None
        turn = tab.send("yes") if how == "yes" else tab.press("start")
        self.step(turn, moves, seen if seen == current else None, "", newest)
        # What this tab shows now was shown in the other one meanwhile, too.
        for message in tab.conversation.messages:
            if message.role == "assistant" and message.reply.proposal:
                self.shown.append(message.reply.proposal.id)

    # ── one step ─────────────────────────────────────────────────────────────────────────────────────────

    def yes_in(self, text: str) -> str | None:
        """The proposal that `text` says yes to, by the oracle's own list."""
        last = self.chat.conversation.last_reply
        labels = {button.label for button in last.buttons if button.action == "start"} if last else set()
        return last.proposal.id if last and last.proposal and (text in YES or text in labels) else None

    def press_any(self, agreed: str | None, action: str, **values: Any) -> None:
        """A press that no model is asked about, whatever it would say."""
        reply = self.step(self.chat.press(action, **values), self.agreed, agreed, "")
        assert reply.model_calls == 0

    def step(
        self,
        turn: Coroutine[Any, Any, Reply],
        moves: list[Any],
        agreed: str | None,
        text: str,
        newest: Conversation | None = None,
    ) -> Reply:
        """Play `turn`; `newest` is the conversation before it, where this tab does not have it."""
        before = newest or self.chat.conversation
        self.said += f"{text}{moves!r}"
        self.script(moves)
        reply = self.loop.run_until_complete(asyncio.wait_for(turn, TURN))
        if self.chat.conversation.phase != before.phase:
            self.check_document()
        self.check(reply, before.proposal.id if before.proposal else None, agreed, before.questions)
        self.heard()
        return reply
