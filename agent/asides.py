"""What people are told beside turns, which changes nothing: a greeting, a refusal, an apology."""

import logging
from datetime import datetime

from agent.errors import DeletedError, HandoffError, StoreError
from agent.language.locale import Locale, locale_for
from agent.records.conversation import Conversation
from agent.records.reply import Button, Reply
from agent.turn.limits import Limits

log = logging.getLogger("agent.turn")


def locale_of(conversation: Conversation) -> Locale:
    """The locale of its fixed texts: the person's, else the one that was detected."""
    return locale_for(conversation.user.locale or conversation.language)


def greeting(conversation: Conversation) -> Reply:
    """The words that open a conversation; no question of its budget."""
    text = locale_of(conversation)("ask_hello")
    return Reply(id=conversation.id, phase=conversation.phase, text=text, buttons=(_skip(conversation),))


def refusal(conversation: Conversation, now: datetime, length: int, limits: Limits) -> Reply:
    """That a message of `length` characters (0: nothing to read) cannot be taken.

    What was on the screen stays there, but for links that have expired.
    """
    locale, last = locale_of(conversation), conversation.last_reply
    dead = {made.url for made in conversation.handoffs if made.has_expired(now)}
    shown = tuple(button for button in last.buttons if button.url not in dead) if last else ()
    return Reply(
        id=conversation.id,
        phase=conversation.phase,
        text=locale("too_long", length=str(length), limit=str(limits.message_chars))
        if length
        else locale("empty"),
        buttons=shown if last else (_skip(conversation),),
        proposal=last.proposal if last else None,
    )


def apology(conversation: Conversation, error: HandoffError) -> str:
    """What is told of a turn that did not happen; what is wrong with the store is for the operator."""
    if not isinstance(error, StoreError):
        return str(error)
    log.error("a turn could not be kept: %s", error)
    return locale_of(conversation)("deleted" if isinstance(error, DeletedError) else "not_kept")


def _skip(conversation: Conversation) -> Button:
    return Button(label=locale_of(conversation)("skip"), action="skip")
