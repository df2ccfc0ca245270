"""What a reply is to the person who reads it. Judged by what is on the screen, as a person would."""

from functools import cache
from typing import Literal

from agent.language.locale import locales
from agent.records.reply import Reply
from evals.case import Situation


def situation(reply: Reply) -> Situation | Literal["closed"]:
    """The kind of `reply`; "other_help" is anything that offers links or teams instead of asking."""
    if reply.handoff:
        return "handoff"
    if reply.phase == "closed":
        return "closed"
    if reply.proposal:
        return "proposal"
    actions = {button.action for button in reply.buttons}
    if "link" in actions or any(button.label in _anyway() for button in reply.buttons):
        return "other_help"
    return "other_help" if "choose" in actions and "skip" not in actions else "question"


@cache
def _anyway() -> frozenset[str]:
    return frozenset(locale("anyway") for locale in locales().values())
