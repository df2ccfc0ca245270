"""The one way to a handoff (promises 1, 2, 3 and 4). Nothing else makes one.

Who comes through here brings a person's yes: the press of *Start agent chat*, or a message that
`agent.language.understand` recognises. A model has no way in.
"""

import asyncio
import logging
import math
from urllib.parse import urlsplit

from agent.catalogue.schema import Queue
from agent.errors import TargetError
from agent.logs import fields
from agent.records.conversation import Choice, Conversation
from agent.records.reply import Button, Handoff, Proposal
from agent.targets.base import Opened
from agent.telemetry.spans import span
from agent.turn import say
from agent.turn.context import Context
from agent.turn.propose import best_known, make, open_queue, propose, reachable, show, told_choice
from agent.turn.seal import fingerprint

log = logging.getLogger("agent.turn")


async def accept(ctx: Context, conversation: Conversation, proposal_id: str | None) -> Conversation:
    """The person said yes to the proposal `proposal_id`."""
    made = _made(conversation, proposal_id)
    if made:
        return hand_out(ctx, conversation, made)
    proposal = conversation.proposal
    if proposal is None:
        return propose(ctx, conversation, best_known(ctx, conversation))
    if proposal_id != proposal.id:
        return show(ctx, conversation, [ctx.locale("stale")])
    if not _was_shown(conversation, proposal):
        return show(ctx, conversation)
    if _relayed(conversation) and not ctx.accept_relayed:
        return show(ctx, conversation, [ctx.locale("not_relayed")])
    if not _still_holds(ctx, conversation, proposal):
        choice = conversation.choice or best_known(ctx, conversation)
        return propose(ctx, conversation, choice, [ctx.locale("changed")])
    return await _hand_off(ctx, conversation, proposal)


def _made(conversation: Conversation, proposal_id: str | None) -> Handoff | None:
    """The handoff that this very proposal has become, so that pressing again gives the same URL."""
    return next((handoff for handoff in conversation.handoffs if handoff.proposal == proposal_id), None)


def _relayed(conversation: Conversation) -> bool:
    """Whether the yes was passed on by another model."""
    last = conversation.messages[-1]
    return last.role == "user" and last.relayed


def _was_shown(conversation: Conversation, proposal: Proposal) -> bool:
    return any(
        message.role == "assistant" and message.reply.proposal == proposal
        for message in reversed(conversation.messages)
    )


def _still_holds(ctx: Context, conversation: Conversation, proposal: Proposal) -> bool:
    """Whether it is what was sealed, and catalogue, hours and visibility of this moment make the same again."""
    if fingerprint(conversation.id, proposal) != proposal.fingerprint:
        return False
    wanted = ctx.view.get(proposal.wanted)
    if wanted is None:
        return False
    queue = reachable(ctx, wanted)
    if queue is None:
        return False
    made_at = conversation.model_copy(update={"revision": proposal.revision})
    return make(ctx, made_at, wanted, queue, proposal.reference).fingerprint == proposal.fingerprint


async def _hand_off(ctx: Context, conversation: Conversation, proposal: Proposal) -> Conversation:
    queue = ctx.view.by_id[proposal.queue_id]
    try:
        opened = await _open(ctx, queue, proposal)
    except TargetError as error:
        ctx.step("step_open", "error")
        told = fields(
            "handoff_failed", conversation=conversation.id, queue=queue.id, error=type(error).__name__
        )
        log.error("handoff to queue %s failed: %s", queue.id, error, extra=told)  # noqa: TRY400  # the operator needs no traceback
        buttons = [
            Button(label=ctx.locale("start"), action="start", style="filled", proposal=proposal.id),
            *say.link_buttons(ctx, conversation, ctx.catalogue.other_help),
        ]
        return say.reply(ctx, conversation, ctx.locale("not_opened"), buttons, proposal=proposal)
    handoff = Handoff(
        url=opened.url,
        queue_id=queue.id,
        proposal=proposal.id,
        relayed=_relayed(conversation),
        expires=ctx.now + opened.lifetime if opened.lifetime else None,
        carries_summary=opened.carries_summary,
    )
    conversation = conversation.model_copy(
        update={
            "phase": "handed_off",
            "proposal": None,
            "handoffs": (*conversation.handoffs, handoff),
            "questions": 0,
            "asked_between": (),
            "choice": told_choice(conversation),
            "own_summary": None,
            "since": len(conversation.messages) + 1,
        }
    )
    return hand_out(ctx, conversation, handoff, nobody_free=opened.nobody_free)


async def _open(ctx: Context, queue: Queue, proposal: Proposal) -> Opened:
    try:
        to = {"handoff.queue.id": queue.id, "handoff.target.kind": ctx.catalogue.target.kind}
        with span("handoff.open", to):
            async with asyncio.timeout_at(ctx.deadline):
                opened = await ctx.target.open(queue, proposal.sends)
    except TargetError:
        raise
    except TimeoutError:
        raise TargetError("no answer within the turn's time limit") from None
    except Exception as error:
        raise TargetError(f"failed with {type(error).__name__}") from error
    if urlsplit(opened.url).scheme != "https" or not ctx.target.owns(opened.url):
        raise TargetError("the link does not lead where the configuration says")
    return opened


def hand_out(
    ctx: Context, conversation: Conversation, handoff: Handoff, *, nobody_free: bool = False
) -> Conversation:
    """Show a handoff that is made: the link, and what else can be done from here.

    A link to where the configuration no longer leads, or that has expired, is not given out again; a new
    proposal is made instead.
    """
    if not ctx.target.owns(handoff.url):
        return propose(ctx, conversation, best_known(ctx, conversation), [ctx.locale("changed")])
    if handoff.has_expired(ctx.now):
        return _renew(ctx, conversation, handoff)
    if conversation.phase == "closed":
        conversation = conversation.model_copy(update={"phase": "handed_off"})
    ctx.add_step("step_link", "success", url=handoff.url)  # not before it is committed
    queue = ctx.view.get(handoff.queue_id) or ctx.view.default
    shown = accepted(conversation, handoff)
    lines = [ctx.locale("handed_off", queue=shown.queue if shown else queue.name)]
    if handoff.expires:
        minutes = math.ceil((handoff.expires - ctx.now).total_seconds() / 60)
        lines.append(ctx.locale("valid_for", minutes=str(minutes)))
    if nobody_free:
        lines.append(ctx.locale("nobody_free"))
    if shown and shown.summary and not (shown.carries_summary and handoff.carries_summary):
        lines.append(ctx.locale("tell_agent", summary=shown.summary))
    if conversation.second:
        lines.append(ctx.locale("second_offer", summary=conversation.second.summary))
    return say.reply(ctx, conversation, lines, after_buttons(ctx, conversation, handoff), handoff=handoff)


def _renew(ctx: Context, conversation: Conversation, handoff: Handoff) -> Conversation:
    """Propose the same again: a new reference, a new yes."""
    shown = accepted(conversation, handoff)
    if shown is None:
        return propose(ctx, conversation, best_known(ctx, conversation), [ctx.locale("expired")])
    conversation = conversation.model_copy(update={"own_summary": None})
    choice = Choice(queue_id=shown.wanted, summary=shown.summary, reason=shown.reason, by="person")
    return propose(ctx, conversation, choice, [ctx.locale("expired")])


def accepted(conversation: Conversation, handoff: Handoff) -> Proposal | None:
    """The proposal that became `handoff`, as it was shown."""
    replies = (m.reply for m in reversed(conversation.messages) if m.role == "assistant")
    return next((r.proposal for r in replies if r.proposal and r.proposal.id == handoff.proposal), None)


def after_buttons(ctx: Context, conversation: Conversation, handoff: Handoff) -> list[Button]:
    """Open it again, say that nobody came, go on with a second problem, or take other help."""
    again = Button(
        label=ctx.locale("open_again"),
        action="start",
        style="filled",
        url=None if handoff.has_expired(ctx.now) else handoff.url,
        proposal=handoff.proposal,
    )
    buttons = [
        *([again] if ctx.target.owns(handoff.url) else []),
        # Said rather than chosen: it is understood in every phase, and names no queue that may change.
        Button(label=ctx.locale("nobody_came"), action="message", text=ctx.locale("nobody_came")),
        Button(label=ctx.locale("other"), action="other"),
    ]
    second = conversation.second
    if second:
        text = say.label(ctx.locale("second", summary=second.summary))
        visible = ctx.view.get(second.queue_id) is not None
        button = Button(label=text, action="choose", queue_id=second.queue_id)
        buttons.insert(0, button if visible else Button(label=text, action="message", text=second.summary))
    return buttons


def next_after(ctx: Context, handoff: Handoff) -> Queue:
    """Where to go when nobody came: the queue's stand-in if it is open, else the same queue again."""
    queue = ctx.view.get(handoff.queue_id) or ctx.view.default
    stand_in = ctx.view.get(queue.fallback)
    return stand_in if stand_in and open_queue(ctx, stand_in) else queue
