"""Somebody who wants a human, while something is broken: what has to hold for them whatever it is."""

import asyncio
import time
from collections.abc import Awaitable

from agent import Chat, Reply, User
from agent.records.conversation import UserMessage

ADA = User(name="Ada", email="ada@example.com", attributes={"ticket": "INC0012345"})
WORDS = "my SQL database is slow, and the secret word is rosebud"
SLACK = 1.0
"""Seconds beyond a turn's limit that a busy machine may take."""


async def within(seconds: float, reply: Awaitable[Reply]) -> Reply:
    """`reply`, which comes in time and leaves a way on."""
    began = time.monotonic()
    async with asyncio.timeout(seconds + SLACK + 5):
        answer = await reply
    assert time.monotonic() - began < seconds + SLACK
    assert answer.text
    assert answer.buttons
    return answer


def said(chat: Chat) -> list[str]:
    """What the document holds of the person's own words."""
    messages = chat.conversation.messages
    return [m.text for m in messages if isinstance(m, UserMessage) and m.action is None]


async def through(chat: Chat, seconds: float) -> str:
    """Ask for a human, say what is wrong, say yes, press again: one URL, which this gives."""
    opening = "I'd like to speak to a live agent"
    asked = await within(seconds, chat.send(opening))
    assert asked.buttons[-1].action == "skip"
    proposed = await within(seconds, chat.send(WORDS))
    assert proposed.proposal
    assert "rosebud" in proposed.proposal.summary
    started = await within(seconds, chat.press("start"))
    assert started.handoff
    again = await within(seconds, chat.press("start"))
    assert again.handoff == started.handoff
    assert len(chat.conversation.handoffs) == 1
    assert said(chat) == [opening, WORDS]
    return started.handoff.url
