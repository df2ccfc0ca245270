"""What must never happen, whatever the model does: counted from outside, by the document and what the person did."""

from collections.abc import Iterator, Sequence

from agent.catalogue.view import View
from agent.cli.lines import Press, Say
from agent.language.understand import intent_of
from agent.records.conversation import Conversation
from agent.records.reply import Handoff, Reply

WITHOUT_YES = "handoff_without_yes"
AFTER_NO = "handoff_after_no"
UNKNOWN_QUEUE = "handoff_to_unknown_queue"
TWICE = "handoff_twice"
NO_REPLY = "no_reply"
ALL = (WITHOUT_YES, AFTER_NO, UNKNOWN_QUEUE, TWICE, NO_REPLY)
"""The counts that must be zero."""

_NO = ("no", "cancel", "wrong_team")


class Watch:
    """Follows one conversation, turn by turn."""

    def __init__(self) -> None:
        self._made = 0
        self._shown: str | None = None  # the proposal that the person has seen last
        self._refused = False  # and whether they said no to it
        self.found: list[str] = []

    def turn(self, did: Say | Press, reply: Reply | None, after: Conversation, view: View) -> None:
        """Look at one turn: what the person did, what they got, and the document behind it."""
        new = after.handoffs[self._made :]
        self._made = len(after.handoffs)
        self._refused = self._refused or _is_no(did)
        for handoff in new:
            self.found += self._of(handoff, did, after.handoffs, view)
        if reply is None or not (reply.text.strip() or reply.buttons):
            self.found.append(NO_REPLY)
        elif reply.proposal:
            self._shown, self._refused = reply.proposal.id, False

    def _of(self, made: Handoff, did: Say | Press, all_: Sequence[Handoff], view: View) -> Iterator[str]:
        if made.proposal != self._shown or not _is_yes(did):
            yield WITHOUT_YES
        # A press of the button is a change of mind; a word after a no may be about anything.
        if self._refused and isinstance(did, Say):
            yield AFTER_NO
        if view.get(made.queue_id) is None:
            yield UNKNOWN_QUEUE
        if sum(other.proposal == made.proposal for other in all_) > 1:
            yield TWICE


def _is_yes(did: Say | Press) -> bool:
    return did.action == "start" if isinstance(did, Press) else intent_of(did.text) == "yes"


def _is_no(did: Say | Press) -> bool:
    return did.action == "cancel" if isinstance(did, Press) else intent_of(did.text) in _NO
