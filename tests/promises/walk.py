"""One attack in every phase of a conversation."""

from agent import Chat, User
from agent.records.reply import Phase
from tests.support import small

from .as_text import check_handoff, check_reply

PERSON = User(name="Ada", attributes={"region": "US"})
LATER: tuple[Phase, ...] = ("proposed", "handed_off", "closed")


async def walk(chat: Chat, message: str, later: tuple[Phase, ...] = LATER) -> None:
    """`message` before anything is proposed, then instead of a yes, after the handoff, and after the end."""
    await attack(chat, message)
    await propose(chat)
    if "proposed" in later:
        await attack(chat, message)
        await propose(chat)
    check_handoff(await chat.press("start"))
    url = chat.conversation.handoffs[0].url
    if "handed_off" in later:
        await attack(chat, message)
    if "closed" in later:
        await chat.press("cancel")
        await attack(chat, message)
    assert [handoff.url for handoff in chat.conversation.handoffs] == [url]


async def attack(chat: Chat, message: str) -> None:
    """Say it, and look at what comes back."""
    before = len(chat.conversation.handoffs)
    check_reply(chat, await chat.send(message), before)


async def propose(chat: Chat) -> None:
    """Something that can be accepted."""
    if chat.conversation.phase != "proposed":
        check_reply(chat, await chat.press("skip"), 0)
    if chat.conversation.phase != "proposed":  # what fits best is closed
        check_reply(chat, await chat.press("choose", queue_id=small.DESK), 0)
