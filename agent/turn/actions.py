"""The buttons. None of them needs a model, but `edit` with text, which `message` handles."""

from collections.abc import Sequence

from agent.catalogue.schema import Queue
from agent.language.clean import one_line
from agent.records.conversation import Choice, Conversation
from agent.records.reply import Action, Button, Proposal
from agent.turn import say
from agent.turn.context import Context
from agent.turn.gate import accept, accepted, after_buttons, hand_out, next_after
from agent.turn.private import redacted, restored
from agent.turn.propose import (
    best_for,
    best_known,
    open_queue,
    own_words,
    propose,
    reason_for,
    show,
    told_choice,
)

OTHER_QUEUES = 3


async def act(
    ctx: Context,
    conversation: Conversation,
    action: Action,
    *,
    queue_id: str | None = None,
    proposal_id: str | None = None,
) -> Conversation:
    """Do what the button says; any action fits in any phase."""
    if ctx.redact is None:
        return await _act(ctx, conversation, action, queue_id, proposal_id)
    done = await _act(ctx, redacted(conversation, ctx.redact), action, queue_id, proposal_id)
    return restored(done, conversation)


async def _act(
    ctx: Context, conversation: Conversation, action: Action, queue_id: str | None, proposal_id: str | None
) -> Conversation:
    match action:
        case "start":
            return await accept(ctx, conversation, proposal_id)
        case "skip":
            await ctx.look()
            await ctx.searchable()
            return skip(ctx, conversation)
        case "other":
            await ctx.searchable()
            return _aside(conversation, other(ctx, conversation))
        case "choose":
            await ctx.look()
            await ctx.searchable()  # for the other teams, where that queue is gone
            return choose(ctx, conversation, queue_id)
        case "cancel":
            return cancel(ctx, conversation)
        case "edit":
            return _aside(conversation, edit(ctx, conversation))


def _aside(before: Conversation, after: Conversation) -> Conversation:
    """What only shows something is no answer to a message that is still being worked on."""
    waiting = any(message.action in (None, "summary") for message in before.unanswered[:-1])
    last = after.messages[-1].model_copy(update={"aside": waiting})
    return after.model_copy(update={"messages": (*after.messages[:-1], last)})


def skip(ctx: Context, conversation: Conversation) -> Conversation:
    """*Skip, connect me now*: a proposal for the best queue known. It still needs a yes."""
    if conversation.phase == "proposed" and conversation.proposal:
        return show(ctx, conversation, [ctx.locale("not_yet")])
    if conversation.phase == "handed_off":
        return hand_out(ctx, conversation, conversation.handoffs[-1])
    return propose(ctx, conversation, best_known(ctx, conversation))


def other(ctx: Context, conversation: Conversation, lead: str = "") -> Conversation:
    """The next best queues, and the catalogue's own help. What is proposed stays proposed."""
    words = " ".join(own_words(conversation)) or say.summary_of(conversation)
    present = conversation.proposal.queue_id if conversation.proposal else None
    if conversation.phase == "handed_off":
        present = conversation.handoffs[-1].queue_id
    hits = ctx.view.search(words, OTHER_QUEUES + 1, language=ctx.locale.language) if words else []
    # A closed queue whose stand-in is proposed already would only lead back to it.
    stood_in = (hit.queue for hit in hits if present is None or _leads_to(ctx, hit.queue) != present)
    queues = list(stood_in)[:OTHER_QUEUES]
    if ctx.view.default not in queues and ctx.view.default.id != present:
        queues.append(ctx.view.default)
    buttons = [say.choose_button(queue) for queue in queues]
    buttons += say.link_buttons(ctx, conversation, ctx.catalogue.other_help)
    if conversation.proposal:
        buttons.append(_back_button(ctx, conversation.proposal))
    buttons.append(Button(label=ctx.locale("cancel"), action="cancel", style="text"))
    lines = [lead or ctx.locale("other_help"), "" if lead else ctx.locale("other_queues")]
    return say.reply(ctx, conversation, lines, buttons)


def _back_button(ctx: Context, proposal: Proposal) -> Button:
    wanted = ctx.view.get(proposal.wanted) or ctx.view.default
    return say.choose_button(wanted, ctx.locale("back_to", queue=proposal.queue))


def _leads_to(ctx: Context, queue: Queue) -> str | None:
    open_ = open_queue(ctx, queue)
    return open_.id if open_ else None


def choose(ctx: Context, conversation: Conversation, queue_id: str | None) -> Conversation:
    """Propose the queue that the person chose themselves, with what is known as the summary."""
    queue = ctx.view.get(queue_id)
    if queue is None:
        return other(ctx, conversation, ctx.locale("no_such_queue"))
    return propose_chosen(ctx, conversation, queue)


def propose_chosen(
    ctx: Context, conversation: Conversation, queue: Queue, details: Sequence[str] = ()
) -> Conversation:
    """Propose `queue`; where it is the second problem's, that problem comes first now.

    `details` are added to the summary that is known already.
    """
    second, first = conversation.second, conversation.choice
    if second and second.queue_id == queue.id:
        open_ = first and first.upto >= conversation.since  # else it was handed off
        kept = told_choice(conversation) if open_ else None
        conversation = conversation.model_copy(update={"second": kept, "own_summary": None})
        return propose(ctx, conversation, _known(ctx, queue, second, details))
    if first and first.queue_id == queue.id and not first.guessed:
        return propose(ctx, conversation, _known(ctx, queue, first, details))
    summary = best_known(ctx, conversation).summary
    chosen = Choice(queue_id=queue.id, summary=summary, reason=ctx.locale("chosen"), by="person")
    return propose(ctx, conversation, chosen)


def _known(ctx: Context, queue: Queue, choice: Choice, details: Sequence[str]) -> Choice:
    summary = one_line(" ".join([choice.summary, *details]), ctx.limits.summary_chars)
    reason = choice.reason or reason_for(ctx, queue, summary)
    return choice.model_copy(update={"summary": summary, "reason": reason})


def take_second(ctx: Context, conversation: Conversation, second: Choice) -> Conversation:
    """Propose the problem that was kept; where its queue is gone meanwhile, the best one for it."""
    queue = ctx.view.get(second.queue_id)
    if queue:
        return propose_chosen(ctx, conversation, queue)
    conversation = conversation.model_copy(update={"second": None, "own_summary": None})
    return propose(ctx, conversation, best_for(ctx, second.summary))


def nobody_came(ctx: Context, conversation: Conversation) -> Conversation:
    """They opened the chat, and nobody was there: the queue's stand-in, or the same queue; a new yes."""
    handoff = conversation.handoffs[-1]
    queue, shown = next_after(ctx, handoff), accepted(conversation, handoff)
    summary = shown.summary if shown else best_known(ctx, conversation).summary
    choice = Choice(
        queue_id=queue.id, summary=summary, reason=reason_for(ctx, queue, summary), by="nobody_came"
    )
    return propose(ctx, conversation, choice, [ctx.locale("sorry", queue=queue.name)])


def cancel(ctx: Context, conversation: Conversation) -> Conversation:
    """Close. A link that was given out stays valid; nothing else is sent."""
    key = "cancelled_after" if conversation.handoffs else "cancelled"
    conversation = conversation.model_copy(
        update={
            "phase": "closed",
            "proposal": None,
            "choice": None,
            "second": None,
            "own_summary": None,
            "questions": 0,
            "asked_between": (),
            "since": len(conversation.messages) + 1,
        }
    )
    return say.reply(ctx, conversation, ctx.locale(key))


def edit(ctx: Context, conversation: Conversation) -> Conversation:
    """`edit` without text: the present summary, to be edited. What is proposed stays proposed."""
    summary = say.summary_of(conversation)
    if not summary:
        return say.reply(ctx, conversation, ctx.locale("edit_nothing"), [say.skip_button(ctx)])
    buttons = [_back_button(ctx, conversation.proposal)] if conversation.proposal else [say.skip_button(ctx)]
    buttons.append(Button(label=ctx.locale("cancel"), action="cancel", style="text"))
    return say.reply(ctx, conversation, ctx.locale("edit_now", summary=summary), buttons)


def already(ctx: Context, conversation: Conversation) -> Conversation:
    """They ask for a human, and have a chat already: open it again, or say what is new."""
    handoff = conversation.handoffs[-1]
    queue = ctx.view.get(handoff.queue_id) or ctx.view.default
    conversation = conversation.model_copy(update={"phase": "gathering", "questions": 1})
    buttons = [*after_buttons(ctx, conversation, handoff), say.skip_button(ctx)]
    return say.reply(ctx, conversation, ctx.locale("already", queue=queue.name), buttons)
