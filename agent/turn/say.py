"""The wording of replies. Text about a transfer comes from the state, never from a model (promise 6)."""

from collections.abc import Sequence

from agent.catalogue.schema import Link, Queue
from agent.catalogue.templates import fill
from agent.language.clean import one_line
from agent.records.conversation import AssistantMessage, Conversation
from agent.records.reply import Button, Handoff, Proposal, Reply
from agent.targets.base import Packet
from agent.turn.context import Context

LABEL_CHARS = 75  # what chat platforms show of a button


def label(text: str) -> str:
    """`text` as a button's label."""
    return one_line(text, LABEL_CHARS)


def reply(
    ctx: Context,
    conversation: Conversation,
    text: str | Sequence[str],
    buttons: Sequence[Button] = (),
    *,
    proposal: Proposal | None = None,
    online: int | None = None,
    handoff: Handoff | None = None,
) -> Conversation:
    """The conversation with its next reply; phase and steps are taken from where the turn has come to."""
    answer = Reply(
        id=conversation.id,
        phase=conversation.phase,
        text=text if isinstance(text, str) else "\n".join(line for line in text if line),
        steps=tuple(ctx.steps.values()),
        buttons=tuple(buttons),
        proposal=proposal,
        online=online,
        handoff=handoff,
    )
    message = AssistantMessage(at=ctx.now, reply=answer)
    return conversation.model_copy(update={"messages": (*conversation.messages, message)})


def link_buttons(ctx: Context, conversation: Conversation, links: Sequence[Link]) -> list[Button]:
    """The catalogue's own help, with what is known filled in."""
    choice = conversation.choice
    packet = Packet(
        queue=ctx.view.get(choice.queue_id if choice else None) or ctx.view.default,
        summary=summary_of(conversation),
        user=conversation.user,
        reference="",
    )
    values = packet.values()
    return [Button(label=label(link.label), action="link", url=fill(link.url, values)) for link in links]


def summary_of(conversation: Conversation) -> str:
    """What an agent would be told at this moment."""
    if conversation.own_summary is not None:
        return conversation.own_summary
    return conversation.choice.summary if conversation.choice else ""


def skip_button(ctx: Context, key: str = "skip") -> Button:
    """*Skip, connect me now*: it stands under every question."""
    return Button(label=ctx.locale(key), action="skip")


def choose_button(queue: Queue, text: str | None = None) -> Button:
    """A button that chooses a queue."""
    return Button(label=label(text or queue.name), action="choose", queue_id=queue.id)


def opens(ctx: Context, queue: Queue) -> str:
    """When a closed queue opens, as a phrase; and that nobody is online, where that is known."""
    hours = ctx.catalogue.hours_of(queue)
    at = hours.next_opening(ctx.now) if hours else None
    text = ctx.locale("opens_unknown")
    if at:
        text = ctx.locale("opens_at", when=f"{ctx.locale.moment(at, ctx.now)} {at.tzname() or ''}".strip())
    return ctx.locale("nobody_opens", opens=text) if ctx.online(queue) == 0 else text


def online(ctx: Context, count: int | None) -> str:
    """How many agents are online, as a line; empty where it is not known."""
    match count:
        case None:
            return ""
        case 0:
            return ctx.locale("online_nobody")
        case 1:
            return ctx.locale("online_one")
    return ctx.locale("online_many", count=str(count))


def question(
    ctx: Context, conversation: Conversation, text: str, suggestions: Sequence[Button] = ()
) -> Conversation:
    """Ask: counts against the question budget, and nothing stays proposed."""
    asked = conversation.model_copy(
        update={"phase": "gathering", "proposal": None, "questions": conversation.questions + 1}
    )
    return reply(ctx, asked, text, [*suggestions, skip_button(ctx)])
