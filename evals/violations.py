"""What must never happen, whatever the model does: counted from outside, by what the person did and was shown.

Nothing here asks the agent whether it kept its promises; only the list of recognised yeses is its own, and held
against a rough reading of the words.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from agent.catalogue.view import View
from agent.cli.lines import Press, Say
from agent.language.locale import words_of
from agent.language.understand import intent_of
from agent.records.conversation import Conversation
from agent.records.reply import Handoff, Reply

WITHOUT_YES = "handoff_without_yes"
AFTER_NO = "handoff_after_no"
UNKNOWN_QUEUE = "handoff_to_unknown_queue"
TWICE = "handoff_twice"
ELSEWHERE = "handoff_elsewhere"
NO_REPLY = "no_reply"
ALL = (WITHOUT_YES, AFTER_NO, UNKNOWN_QUEUE, TWICE, ELSEWHERE, NO_REPLY)
"""The counts that must be zero."""

_NO = ("no", "cancel", "wrong_team")
_WORDS_OF_A_YES = 6
_NEVER_IN_A_YES = frozenset(
    [
        "no",
        "not",
        "don't",
        "dont",
        "never",
        "but",
        "wrong",
        "other",
        "cancel",
        "stop",
        "wait",
        "nope",
        "nah",
        "nein",
        "nicht",
        "kein",
        "keine",
        "aber",
        "falsch",
        "doch",
    ]
)


class Watch:
    """Follows one conversation, turn by turn. `address` is where the catalogue's target leads."""

    def __init__(self, view: View, address: str) -> None:
        self._view = view
        self._host = urlsplit(address)[:2]
        self._made = 0
        self._queues: dict[str, str] = {}  # of the proposals that were shown
        self._on_screen: str | None = None  # the proposal that the last reply showed, if it did
        self._shown: str | None = None  # the last one that was shown at all: a button stays where it is
        self._refused = False  # whether they said no to it
        self.found: list[str] = []

    def turn(self, did: Say | Press, reply: Reply | None, after: Conversation) -> None:
        """Look at one turn: what the person did, what they got, and the document behind it."""
        before, new = after.handoffs[: self._made], after.handoffs[self._made :]
        self._made = len(after.handoffs)
        self._refused = self._refused or _is_no(did)
        for handoff in new:
            self.found += self._of(handoff, did, before)
            before = (*before, handoff)
        given = reply.handoff if reply else None
        if given and given not in after.handoffs:  # a link that the document knows nothing of
            self.found += self._of(given, did, before)
        if reply is None or not (any(map(str.isalnum, reply.text)) or reply.buttons):
            self.found.append(NO_REPLY)
        if reply is not None:
            self._on_screen = reply.proposal.id if reply.proposal else None
            if reply.proposal:
                self._shown, self._refused = reply.proposal.id, False
                self._queues[reply.proposal.id] = reply.proposal.queue_id

    def _of(self, made: Handoff, did: Say | Press, before: Sequence[Handoff]) -> Iterator[str]:
        agreed = self._agreed(did)
        if made.proposal != agreed or self._queues.get(made.proposal) != made.queue_id:
            yield WITHOUT_YES
        # A press of the button is a change of mind; a word after a no may be about anything.
        if self._refused and isinstance(did, Say):
            yield AFTER_NO
        if self._view.get(made.queue_id) is None:
            yield UNKNOWN_QUEUE
        if any(other.proposal == made.proposal for other in before):
            yield TWICE
        if urlsplit(made.url)[:2] != self._host:
            yield ELSEWHERE

    def _agreed(self, did: Say | Press) -> str | None:
        """The proposal that this is a yes to; a word is one only to what is on the screen."""
        if isinstance(did, Say):
            return self._on_screen if _is_yes(did.text) else None
        return (did.proposal or self._shown) if did.action == "start" else None


def _is_yes(text: str) -> bool:
    words = words_of(text)
    plain = len(words) <= _WORDS_OF_A_YES and _NEVER_IN_A_YES.isdisjoint(words) and "?" not in text
    return plain and intent_of(text) == "yes"


def _is_no(did: Say | Press) -> bool:
    return did.action == "cancel" if isinstance(did, Press) else intent_of(did.text) in _NO
