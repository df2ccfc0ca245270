"""What a redactor takes out of a turn: no model is told of it, and no summary that model or code writes holds it.

A turn works on a copy of the conversation in which the person's words are redacted. Their own words stay in the
document and on their screen, and so does a summary that they wrote themselves (*edit*): it is sent word for word.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from agent.language.locale import locale_for
from agent.logs import fields
from agent.models.base import Briefing
from agent.records.conversation import AssistantMessage, Conversation, UserMessage
from agent.records.reply import Button, Proposal
from agent.redaction.base import Redactor

log = logging.getLogger("agent.turn")
Redact = Callable[[str], str]


def redact_with(redactor: Redactor, language: str) -> Redact:
    """`redactor` for texts of one turn. Where it fails the whole text goes: what it would have taken out is unknown."""

    def redact(text: str) -> str:
        try:
            return redactor.redact(text, language)
        except Exception as error:  # noqa: BLE001 - a host's redactor may raise anything, and no one may be stuck
            told = fields("redactor_failed", error=type(error).__name__)
            log.error("the redactor failed with %s", type(error).__name__, extra=told)  # noqa: TRY400  # the error may hold the text
            return locale_for(language)("removed_text")

    return redact


def redacted(conversation: Conversation, redact: Redact) -> Conversation:
    """The conversation for a turn: what the person said and meant as a message, without secrets."""
    messages = tuple(_said(m, redact) if m.role == "user" else m for m in conversation.messages)
    return conversation.model_copy(update={"messages": messages})


def restored(done: Conversation, before: Conversation) -> Conversation:
    """What came of a turn, with the person's own words as they were in `before`; a turn only adds messages."""
    said = [
        m.model_copy(update={"text": own.text}) if m.role == "user" and own.role == "user" else m
        for m, own in zip(done.messages, before.messages, strict=False)
    ]
    return done.model_copy(update={"messages": (*said, *done.messages[len(said) :])})


def briefed(briefing: Briefing, redact: Redact) -> Briefing:
    """What a model is told of a redacted conversation: replies and proposals may quote the person's own summary."""
    own = briefing.own_summary
    return replace(
        briefing,
        messages=[m if m.role == "user" else _replied(m, redact) for m in briefing.messages],
        proposal=briefing.proposal and _proposed(briefing.proposal, redact),
        own_summary=own if own is None else redact(own),
    )


def _said(message: UserMessage, redact: Redact) -> UserMessage:
    if message.action not in (None, "summary"):
        return message
    return message.model_copy(update={"text": redact(message.text)})


def _replied(message: AssistantMessage, redact: Redact) -> AssistantMessage:
    """A reply's text and proposal, and which queues its buttons named; links may carry a summary, and no model needs them."""
    shown = message.reply.proposal
    named = (b for b in message.reply.buttons if b.queue_id)
    buttons = [Button(label=redact(b.label), action=b.action, queue_id=b.queue_id) for b in named]
    kept = {
        "text": redact(message.reply.text),
        "proposal": shown and _proposed(shown, redact),
        "buttons": tuple(buttons),
        "steps": (),
        "handoff": None,
    }
    return message.model_copy(update={"reply": message.reply.model_copy(update=kept)})


def _proposed(proposal: Proposal, redact: Redact) -> Proposal:
    told = {"summary": redact(proposal.summary), "reason": redact(proposal.reason), "sends": {}}
    return proposal.model_copy(update=told)
