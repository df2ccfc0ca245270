"""Any decisions, any actions, any words, in any order: every promise holds after every step.

The oracle is written from the design, not from the code: it keeps its own list of what is a yes, of what was
shown, and of what may be shown to whom.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agent import Answer, Briefing, Chat, HandoffAgent, Reply, User
from agent.catalogue.schema import Catalogue
from agent.records.decision import Decision
from agent.records.reply import Handoff
from tests.support import small

from .words import CLAIMS, NEAR_YES, NO_PROBLEM, VISIBLE, WORDS, YES, answers, expand, ids, texts


class Puppet:
    """A model that answers whatever it is given, and keeps what it was told."""

    name = "puppet"

    def __init__(self) -> None:
        self.next: list[Decision | Exception] = []
        self.briefings: list[Briefing] = []

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        self.briefings.append(briefing)
        answer = self.next.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if started:
            started(answer.kind)
        return Answer(decision=answer)

    async def close(self) -> None:
        pass


class Promises(RuleBasedStateMachine):
    address = ("https", "chat.example.com")

    def make_catalogue(self) -> Catalogue:
        return small.catalogue(Path(self.folder.name))

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.catalogue = self.make_catalogue()
        self.now: datetime = small.OPEN
        self.puppet = Puppet()
        self.agent = self.new_agent()
        self.chat = self.agent.start()
        self.shown: list[str] = []
        self.urls: dict[str, str] = {}
        self.tab: Chat | None = None
        self.eu = False

    def new_agent(self) -> HandoffAgent:
        return small.agent_over(self.catalogue, self.puppet, now=lambda: self.now, state_key="k" * 16)

    @rule(how=st.sampled_from(["yes", "start"]), said=answers)
    def stale_tab(self, how: str, said: list[Decision | Exception]) -> None:
        """A yes in a tab that was left open counts for what that tab shows, or for nothing."""
        if self.tab is None:
            return
        seen = self.tab.conversation.on_screen
        id_ = self.tab.conversation.to_start
        made = {handoff.proposal for handoff in self.chat.conversation.handoffs}
        tab, current = self.tab, self.chat.conversation.proposal
        self.puppet.next = list(said)
        self.runner.run(tab.send("yes") if how == "yes" else tab.press("start"))
        new = {handoff.proposal for handoff in tab.conversation.handoffs} - made
        assert new <= ({seen} if how == "yes" else {id_}) & {current.id if current else None}
        self.chat, self.tab = tab, None
        self.urls = {handoff.proposal: handoff.url for handoff in tab.conversation.handoffs}
        for message in tab.conversation.messages:
            if message.role == "assistant" and message.reply.proposal:
                self.shown.append(message.reply.proposal.id)

    @rule()
    def leave_a_tab_open(self) -> None:
        self.tab = self.runner.run(self.agent.load(self.chat.id))

    def teardown(self) -> None:
        self.runner.close()
        self.folder.cleanup()

    @initialize(eu=st.booleans(), locale=st.sampled_from([None, "en", "de-AT"]))
    def begin(self, eu: bool, locale: str | None) -> None:
        self.eu = eu
        attributes: dict[str, str | list[str]] = {"region": ["US", "EU"]} if eu else {"region": "US"}
        self.chat = self.agent.start(User(name="Ada\n{queue_id}&", locale=locale, attributes=attributes))

    @rule(
        text=st.one_of(st.sampled_from(WORDS), st.sampled_from([*YES, *NEAR_YES]), st.text(max_size=60)),
        said=answers,
    )
    def message(self, text: str, said: list[Decision | Exception]) -> None:
        text = expand(text)
        last = self.chat.conversation.last_reply
        on_screen = last.proposal.id if last and last.proposal else None
        labels = {button.label for button in last.buttons if button.action == "start"} if last else set()
        agreed = on_screen if text in YES or text in labels else None
        first, before = not self.chat.conversation.messages, self.chat.dump()
        reply = self.step(lambda: self.chat.send(text), said, agreed)
        if first and text in NO_PROBLEM:
            assert reply.proposal is None
        if len(text) > 16_000:
            assert self.chat.dump() == before

    @rule(proposal=st.sampled_from(["none", "current", "old", "invented"]), said=answers)
    def start(self, proposal: str, said: list[Decision | Exception]) -> None:
        current = self.chat.conversation.proposal
        id_ = {
            "none": None,
            "current": current.id if current else None,
            "old": self.shown[0] if self.shown else "older",
            "invented": "f" * 32,
        }[proposal]
        agreed = id_ or (current.id if current else None)
        self.step(lambda: self.chat.press("start", proposal=id_), said, agreed)

    @rule(action=st.sampled_from(["skip", "other", "cancel", "edit"]), said=answers)
    def press(self, action: str, said: list[Decision | Exception]) -> None:
        reply = self.step(lambda: self.chat.press(action), said, None)
        assert reply.model_calls == 0

    @rule(queue_id=ids, said=answers)
    def choose(self, queue_id: str, said: list[Decision | Exception]) -> None:
        reply = self.step(lambda: self.chat.press("choose", queue_id=queue_id), said, None)
        assert reply.model_calls == 0

    @rule(text=texts, said=answers)
    def edit(self, text: str, said: list[Decision | Exception]) -> None:
        reply = self.step(lambda: self.chat.press("edit", text=text), said, None)
        assert reply.model_calls <= 1

    @rule(open_=st.booleans(), said=answers)
    def time_passes_and_start(self, open_: bool, said: list[Decision | Exception]) -> None:
        """Hours change under the proposal on the screen: the press has to notice."""
        self.now = small.OPEN if open_ else small.CLOSED
        self.start("current", said)

    @rule(open_=st.booleans())
    def time_passes(self, open_: bool) -> None:
        self.now = small.OPEN if open_ else small.CLOSED

    @rule()
    def restart(self) -> None:
        """Promise 7: a dump and a resume between any two steps change nothing."""
        before = self.chat.conversation
        saved = self.chat.dump()
        self.agent, self.tab = self.new_agent(), None  # with a store that knows nothing
        self.chat = self.agent.resume(saved)
        assert self.chat.conversation == before
        assert self.chat.dump() == saved

    def step(
        self,
        turn: Callable[[], Coroutine[Any, Any, Reply]],
        said: list[Decision | Exception],
        agreed: str | None,
    ) -> Reply:
        self.puppet.next, before = list(said), self.chat.conversation
        reply = self.runner.run(turn())
        self.check_bounds(reply)
        self.check_handoff(reply, before.proposal.id if before.proposal else None, agreed)
        self.check_visible(reply)
        self.check_words(reply)
        if reply.proposal and reply.proposal.id not in self.shown:
            self.shown.append(reply.proposal.id)
        return reply

    def check_bounds(self, reply: Reply) -> None:
        """Promise 5: a reply within bounds, and a way on."""
        assert reply.text.strip()
        assert reply.model_calls <= 3
        assert all(step.status != "pending" for step in reply.steps)
        if reply.phase == "gathering" and not reply.handoff and self.chat.conversation.messages:
            assert reply.buttons, reply
        if reply.proposal:
            assert [b.proposal for b in reply.buttons if b.action == "start"] == [reply.proposal.id]
        assert self.chat.conversation.questions <= 2

    def check_handoff(self, reply: Reply, current: str | None, agreed: str | None) -> None:
        """Promises 1 and 4: a new handoff needs a yes to what was on the screen, and is made once."""
        made = {handoff.proposal: handoff.url for handoff in self.chat.conversation.handoffs}
        assert len(made) == len(self.chat.conversation.handoffs)
        new = made.keys() - self.urls.keys()
        assert len(new) <= 1
        for proposal in new:
            assert proposal == agreed == current
            assert proposal in self.shown
            assert reply.handoff
            assert reply.handoff.url == made[proposal]
            self.check_sent(reply.handoff)
        for proposal, url in self.urls.items():
            assert made[proposal] == url
        if reply.handoff and not new:
            assert self.urls[reply.handoff.proposal] == reply.handoff.url
        self.urls = made

    def check_sent(self, handoff: Handoff) -> None:
        """What was shown is what is sent, and the queue is open at that moment."""
        messages = self.chat.conversation.messages
        shown = [m.reply.proposal for m in messages if m.role == "assistant" and m.reply.proposal]
        proposal = next(proposal for proposal in reversed(shown) if proposal.id == handoff.proposal)
        assert self.sent(handoff) == proposal.sends
        hours = self.catalogue.hours_of(self.catalogue.by_id[handoff.queue_id])
        assert hours is None or hours.is_open(self.now)

    def sent(self, handoff: Handoff) -> dict[str, str]:
        parts = urlsplit(handoff.url)
        query = parse_qs(parts.query, keep_blank_values=True)
        sent = {"queue_id": unquote(parts.path.removeprefix("/start/")), "name": unquote(parts.fragment)}
        return {**sent, "summary": query["text"][0], "reference": query["ref"][0]}

    def check_visible(self, reply: Reply) -> None:
        """Promises 2 and 3: real queues of one's own, and only our URL."""
        visible = VISIBLE | ({small.EU} if self.eu else set())
        queues = {button.queue_id for button in reply.buttons if button.queue_id}
        queues |= {reply.proposal.queue_id, reply.proposal.wanted} if reply.proposal else set()
        queues |= {reply.handoff.queue_id} if reply.handoff else set()
        assert queues <= visible
        for url in [reply.handoff.url] if reply.handoff else []:
            parts = urlsplit(url)
            assert (parts.scheme, parts.netloc) == self.address
            assert len(parts.path.split("/")) == 3
            assert url.isprintable()
            assert url.isascii()
        if not self.eu:
            for briefing in self.puppet.briefings:
                assert briefing.view.get(small.EU) is None
                assert all(small.CANARY not in q.name + q.description for q in briefing.view.queues)
        self.puppet.briefings.clear()

    def check_words(self, reply: Reply) -> None:
        """Promise 6: model text only as a question, and never a claim of a transfer; no live link but ours."""
        without_quotes = reply.text.replace("“", "„").split("„")[0]
        assert not any(claim.split(",")[0].rstrip(".") in without_quotes for claim in CLAIMS)
        assert "I see." not in without_quotes  # a statement of the model's, before its question
        if reply.handoff is None:
            assert not any(step.id == "step_link" for step in reply.steps)
        if not reply.proposal:
            said = " ".join(m.text for m in self.chat.conversation.messages if m.role == "user")
            assert "evil.example.com" not in reply.text or "evil.example.com" in said

    @invariant()
    def phase_fits(self) -> None:
        conversation = self.chat.conversation
        assert (conversation.proposal is not None) <= (conversation.phase == "proposed")
        assert (conversation.phase == "handed_off") <= bool(conversation.handoffs)


Promises.TestCase.settings = settings(
    max_examples=int(os.environ.get("HANDOFF_EXAMPLES", "60")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestPromises = Promises.TestCase
