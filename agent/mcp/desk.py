"""What the tools do. What a model hands in is relayed: for `start` the person themselves has to agree."""

from collections.abc import Awaitable, Callable

from agent.agent import HandoffAgent
from agent.chat import Chat
from agent.errors import InputError
from agent.language.locale import Locale, locale_for
from agent.mcp.caller import Caller
from agent.mcp.pages import Pages
from agent.mcp.tools import Arguments, ListQueues, PressButton, Queues, SendMessage, StartConversation
from agent.records.conversation import Conversation
from agent.records.reply import Button, Proposal, Reply

Ask = Callable[[Proposal, Locale], Awaitable[bool | None]]
"""Asks the person whether they agree: yes, no, or None where their client cannot ask."""


class Desk:
    """The tools over `agent`. With `accept_relayed` the agent takes a model's yes, and nobody else is asked."""

    def __init__(self, agent: HandoffAgent, pages: Pages, *, accept_relayed: bool = False) -> None:
        self._agent, self._pages, self._accept_relayed = agent, pages, accept_relayed

    async def do(self, caller: Caller, arguments: Arguments, ask: Ask) -> Reply | Queues:
        """Carry out a call. Raises `InputError` for a conversation that is not the caller's, `StoreError`."""
        match arguments:
            case StartConversation(text=None):
                return await self._agent.start(caller.user, via=caller.via).greet()
            case StartConversation(text=str() as text):
                chat = self._agent.start(caller.user, via=caller.via)
                reply = await chat.send(text, relayed=True)
                if (
                    not chat.conversation.revision
                ):  # a text that was refused; the conversation begins all the same
                    await chat.greet()
                return reply
            case SendMessage():
                chat = await self._chat(caller, arguments.conversation_id)
                return await chat.send(arguments.text, relayed=True)
            case PressButton():
                return await self._press(await self._chat(caller, arguments.conversation_id), arguments, ask)
            case ListQueues():
                found = await self._agent.queues(caller.user, arguments.search)
                return Queues(queues=tuple(found))
        raise TypeError(f"nothing is done with {type(arguments).__name__}")

    async def _chat(self, caller: Caller, id_: str) -> Chat:
        chat = await self._agent.load(id_)
        if chat is None or not caller.owns(chat.conversation):
            raise InputError(
                "conversation_id: there is no such conversation; begin one with start_conversation"
            )
        return chat

    async def _press(self, chat: Chat, press: PressButton, ask: Ask) -> Reply:
        conversation = chat.conversation
        proposal = _to_agree_to(conversation, press)
        if proposal is None or self._accept_relayed:
            return await chat.press(
                press.action,
                text=press.text,
                queue_id=press.queue_id,
                proposal=press.proposal,
                relayed=True,
            )
        locale = locale_for(conversation.user.locale or conversation.language)
        agreed = await ask(proposal, locale)
        if agreed:
            return await chat.press("start", proposal=proposal.id)
        if agreed is None:
            url = await self._pages.address(chat.id, proposal)
            page = Button(label=locale("yes_page_button"), action="link", style="filled", url=url)
            return _still(conversation, locale("yes_page", url=url), [page])
        return _still(conversation, locale("yes_not_given"))


def _to_agree_to(conversation: Conversation, press: PressButton) -> Proposal | None:
    """The proposal that a press of *start* is about, if it takes a person's yes that nobody has given yet."""
    proposal = conversation.proposal
    meant = press.action == "start" and proposal and press.proposal in (None, proposal.id)
    return proposal if meant else None


def _still(conversation: Conversation, text: str, more: list[Button] | None = None) -> Reply:
    """A reply that changes nothing; what was on the screen stays there."""
    last = conversation.last_reply
    buttons = [button for button in last.buttons if not (more and button.action == "start")] if last else []
    return Reply(
        id=conversation.id,
        phase=conversation.phase,
        text=text,
        buttons=(*(more or ()), *buttons),
        proposal=conversation.proposal,
    )
