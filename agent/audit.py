"""What a committed turn leaves in the history of its conversation, made of the documents before and after it."""

from datetime import datetime

from agent.records.conversation import AssistantMessage, Conversation
from agent.records.entry import Entry, Outcome, Sealed
from agent.records.reply import Proposal
from agent.turn.gate import accepted


def entry_of(base: Conversation, done: Conversation, *, subject: str | None) -> Entry | None:
    """The entry of the turn that made `done` of `base`; None where nobody has been answered yet."""
    last = done.messages[-1] if len(done.messages) > len(base.messages) else None
    if not isinstance(last, AssistantMessage):
        return None
    answered = done.model_copy(update={"messages": done.messages[:-1]}).unanswered
    outcome = _outcome(base, done, last)
    return Entry(
        at=done.updated,
        conversation=done.id,
        revision=done.revision,
        subject=subject,
        catalogue=done.catalogue,
        did=tuple(message.action or "said" for message in answered),
        relayed=any(message.relayed for message in answered),
        outcome=outcome,
        asked_between=done.asked_between,
        proposal=_sealed(base, done, last),
        model=last.model,
        model_calls=last.reply.model_calls,
        degraded=last.degraded,
    )


def erased(conversation: Conversation, at: datetime, *, subject: str | None) -> Entry:
    """The entry of a conversation that is deleted."""
    return Entry(
        at=at,
        conversation=conversation.id,
        revision=conversation.revision,
        subject=subject,
        catalogue=conversation.catalogue,
        outcome="erased",
    )


def _outcome(base: Conversation, done: Conversation, last: AssistantMessage) -> Outcome:
    reply = last.reply
    if len(done.handoffs) > len(base.handoffs):
        return "handoff"
    if reply.handoff:
        return "link_again"
    if any(step.id == "step_open" and step.status == "error" for step in reply.steps):
        return "not_opened"
    if reply.proposal:
        return "proposal"
    if done.phase == "closed":
        return "closed"
    return "question" if done.questions > base.questions else "reply"


def _sealed(base: Conversation, done: Conversation, last: AssistantMessage) -> Sealed | None:
    handoff = last.reply.handoff
    shown = accepted(done, handoff) if handoff else last.reply.proposal
    return _seal(shown, base if handoff else done) if shown else None


def _seal(proposal: Proposal, chosen: Conversation) -> Sealed:
    return Sealed(
        id=proposal.id,
        queue_id=proposal.queue_id,
        wanted=proposal.wanted,
        by=chosen.choice.by if chosen.choice else "",
        reference=proposal.reference,
        fingerprint=proposal.fingerprint,
    )
