"""The seven promises, checked after every step.

The oracle is written from the design, not from the code: it keeps its own list of what is a yes, of what was
shown, and of what may be shown to whom.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis.stateful import RuleBasedStateMachine

from agent import Chat, Reply, document
from agent.catalogue.schema import Catalogue
from agent.records.conversation import AssistantMessage, UserMessage
from agent.records.events import Event
from agent.records.reply import Handoff
from agent.records.user import User
from tests.support import small

from .words import VISIBLE

KEY = "k" * 16
HELP = {("https", "help.example.com")}
CLAIMED = ("connected you", "now connected", "created the handoff", "jetzt verbunden")
OUR_LABELS = {"Start agent chat", "Never mind", "Open the chat again", "Nobody came", "Skip, connect me now"}
_QUOTED = re.compile("[“„][^“”„]*[”“]")
_NAMES = {small.EU: (small.EU, small.CANARY), small.BOARD: (small.BOARD,)}


class Oracle(RuleBasedStateMachine):
    """What one conversation has shown and done so far. `address` is where handoffs lead."""

    address = ("https", "chat.example.com")
    chat: Chat
    catalogue: Catalogue

    def __init__(self) -> None:
        super().__init__()
        self.now = small.OPEN
        self.visible = set(VISIBLE)
        self.said = ""
        """All that the person and the model have said; what is in it is no secret any more."""
        self.shown: list[str] = []
        self.urls: dict[str, str] = {}

    def meet(self, user: User) -> None:
        """Who this is decides which queues there are."""
        regions, teams = ({*_values(user, key)} for key in ("region", "team"))
        if "EU" in regions:
            self.visible.add(small.EU)
        if regions & {"EU", "US"} and "board" in teams:
            self.visible.add(small.BOARD)

    def check(self, reply: Reply, current: str | None, agreed: str | None, questions: int) -> None:
        """`current` was proposed before the step, `agreed` is what a yes was said to in it, if any."""
        self.check_bounds(reply, questions)
        self.check_handoff(reply, current, agreed)
        self.check_visible(reply)
        self.check_words(reply)
        self.check_secret(reply.model_dump_json())
        if reply.proposal and reply.proposal.id not in self.shown:
            self.shown.append(reply.proposal.id)

    def check_bounds(self, reply: Reply, questions: int) -> None:
        """Promise 5: a reply within bounds, and a way on."""
        assert any(map(str.isalnum, reply.text))
        assert reply.model_calls <= 3
        assert all(step.status != "pending" for step in reply.steps)
        assert reply.buttons or reply.phase == "closed", reply
        if reply.proposal:
            assert [b.proposal for b in reply.buttons if b.action == "start"] == [reply.proposal.id]
        if self.chat.conversation.questions > questions and not reply.handoff:
            assert any(button.action == "skip" for button in reply.buttons)
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
        shown = [m.reply.proposal for m in self.messages(AssistantMessage) if m.reply.proposal]
        proposal = next(proposal for proposal in reversed(shown) if proposal.id == handoff.proposal)
        assert self.sent(handoff) == proposal.sends
        assert handoff.queue_id == proposal.queue_id
        hours = self.catalogue.hours_of(self.catalogue.by_id[handoff.queue_id])
        assert hours is None or hours.is_open(self.now)

    def sent(self, handoff: Handoff) -> dict[str, str]:
        parts = urlsplit(handoff.url)
        query = parse_qs(parts.query, keep_blank_values=True)
        sent = {"queue_id": unquote(parts.path.removeprefix("/start/")), "name": unquote(parts.fragment)}
        return {**sent, "summary": query["text"][0], "reference": query["ref"][0]}

    def check_visible(self, reply: Reply) -> None:
        """Promises 2 and 3: real queues of one's own, and only our URLs."""
        queues = {button.queue_id for button in reply.buttons if button.queue_id}
        queues |= {reply.proposal.queue_id, reply.proposal.wanted} if reply.proposal else set()
        queues |= {reply.handoff.queue_id} if reply.handoff else set()
        assert queues <= self.visible
        urls = [reply.handoff.url] if reply.handoff else []
        for url in [*urls, *(button.url for button in reply.buttons if button.url)]:
            parts = urlsplit(url)
            assert (parts.scheme, parts.netloc) in {self.address} | HELP
            assert url.isprintable()
            assert url.isascii()
        if reply.handoff:
            assert urlsplit(reply.handoff.url)[:2] == self.address
            assert len(urlsplit(reply.handoff.url).path.split("/")) == 3

    def check_secret(self, text: str) -> None:
        """Promise 2: nothing of a hidden queue, but what somebody in the conversation has said themselves."""
        for hidden in _NAMES.keys() - self.visible:
            assert small.SECRETS[hidden] not in text
            for name in _NAMES[hidden]:
                assert name not in text or name in self.said

    def check_words(self, reply: Reply) -> None:
        """Promise 6: model text only as a question, never a claim of a transfer, and no live link but ours."""
        text = reply.text
        for quoted in sorted(self.quotable(reply), key=len, reverse=True):
            text = text.replace(quoted, "")
        text = _QUOTED.sub("", text)
        labels = [button.label for button in reply.buttons if button.action == "message"]
        for words in [text, *labels]:
            assert not any(claim in words.casefold() for claim in CLAIMED), words
        assert "I see." not in text  # a statement of the model's, before its question
        assert "evil.example.com" not in text
        assert "evil.example.com" not in " ".join(labels)
        # One button says "Nobody came": ours, after a handoff.
        assert not {*labels} & (OUR_LABELS - {"Nobody came"})
        assert "Nobody came" not in labels or self.chat.conversation.handoffs
        if reply.handoff is None:
            assert not any(step.id == "step_link" for step in reply.steps)
            assert "opens at the link" not in text

    def quotable(self, reply: Reply) -> Iterator[str]:
        """What a reply may repeat of what was said; what is shorter than this holds no claim."""
        texts = [message.text for message in self.messages(UserMessage)]
        if reply.proposal:
            texts += [*reply.proposal.sends.values(), reply.proposal.summary]
        lines = (line for text in texts for line in (text, " ".join(text.split())))
        return (line for line in lines if len(line) >= 8)

    def check_events(self, events: list[Event], reply: Reply) -> None:
        """The events say what the reply says, and nothing of a handoff that is not in it."""
        assert events[-1].type == "turn_end"
        assert [event.text for event in events if event.type == "text"] == [reply.text]
        assert [event.url for event in events if event.type == "handoff"] == (
            [reply.handoff.url] if reply.handoff else []
        )
        for event in events:
            if event.type == "step":
                assert event.id != "step_link" or reply.handoff
            self.check_secret(event.model_dump_json())

    def messages(self, kind: Any) -> list[Any]:
        return [message for message in self.chat.conversation.messages if isinstance(message, kind)]

    def check_document(self) -> None:
        """Promise 7: it loads again to the same, and nothing hidden is in what is kept."""
        conversation = self.chat.conversation
        saved = self.chat.dump()
        assert document.load(saved, KEY) == conversation
        self.check_secret(saved)


def _values(user: User, key: str) -> list[str]:
    value = user.attributes.get(key, [])
    return [value] if isinstance(value, str) else value
