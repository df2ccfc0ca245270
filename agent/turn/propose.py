"""From a choice to a proposal: hours, fallbacks, and exactly what would be sent."""

from collections.abc import Sequence

from agent.catalogue.schema import Queue
from agent.catalogue.view import shared_words
from agent.language.clean import one_line
from agent.language.understand import asks_for_human, greets, intent_of
from agent.records.conversation import Choice, Conversation, UserMessage
from agent.records.reply import Button, Proposal
from agent.retrieval.confidence import FITS
from agent.targets.base import Packet
from agent.turn import say
from agent.turn.context import Context
from agent.turn.seal import fingerprint


def own_words(conversation: Conversation, start: int = 0) -> list[str]:
    """What the person has said about the present issue, without greetings and requests for a human.

    `start` leaves out the messages before that place.
    """
    said = conversation.messages[max(start, conversation.since) :]
    return [m.text for m in said if m.role == "user" and _goes_along(m)]


def _goes_along(message: UserMessage) -> bool:
    text = message.text
    return message.action is None and intent_of(text) is None and not (asks_for_human(text) or greets(text))


def best_known(ctx: Context, conversation: Conversation) -> Choice:
    """Where to go when no model says (promise 5): the last choice, else the engine's best, else the default.

    What the person said goes along.
    """
    choice = conversation.choice
    if choice and not choice.guessed:
        since = own_words(conversation, choice.upto)
        return choice.model_copy(update={"summary": _joined(ctx, [choice.summary, *since])})
    return best_for(ctx, conversation.own_summary or " ".join(own_words(conversation)))


def told_choice(conversation: Conversation) -> Choice | None:
    """The choice with its summary as it stands: the person's own words, where there are some, are part of it."""
    choice = conversation.choice
    if choice is None:
        return None
    by = "person" if choice.guessed else choice.by  # they have agreed to it, or named it
    return choice.model_copy(update={"summary": say.summary_of(conversation), "by": by})


def best_for(ctx: Context, words: str) -> Choice:
    """The embedded engine's best queue for `words` above its threshold, else the default."""
    hits = ctx.view.search(words, 1, language=ctx.locale.language) if words else []
    found = hits[0].queue if hits and hits[0].score >= FITS else None
    queue = found or ctx.view.default
    return Choice(
        queue_id=queue.id,
        summary=_joined(ctx, [words]),
        reason=reason_for(ctx, queue, words),
        by="search" if found else "default",
    )


def _joined(ctx: Context, texts: Sequence[str]) -> str:
    return one_line(" ".join(filter(None, texts)), ctx.limits.summary_chars)


def reason_for(ctx: Context, queue: Queue, words: str) -> str:
    """Why `queue`, where no model says: the words that it shares with what was said."""
    shared = shared_words(queue, words)
    if shared:
        return ctx.locale("mentioned", words=", ".join(shared[:3]))
    return ctx.locale("default_reason") if queue.id == ctx.view.default.id else ""


def open_queue(ctx: Context, wanted: Queue) -> Queue | None:
    """`wanted`, or the first open one on its way of fallbacks, or None where all of them are closed."""
    queue: Queue | None = wanted
    passed: set[str] = set()
    while queue and queue.id not in passed:
        hours = ctx.catalogue.hours_of(queue)
        if hours is None or hours.is_open(ctx.now):
            return queue
        passed.add(queue.id)
        queue = ctx.view.get(queue.fallback)
    return None


def reachable(ctx: Context, wanted: Queue) -> Queue | None:
    """The queue that takes a chat for `wanted` now; None where only the help for after hours is left."""
    return open_queue(ctx, wanted) or (None if ctx.catalogue.after_hours else ctx.view.default)


def make(ctx: Context, conversation: Conversation, wanted: Queue, queue: Queue, reference: str) -> Proposal:
    """The proposal for `queue`, sealed. The same state makes the same seal, so a change shows at the press."""
    summary = say.summary_of(conversation)
    packet = Packet(queue=queue, summary=summary, user=conversation.user, reference=reference)
    draft = Proposal(
        id=ctx.new_id(),
        queue_id=queue.id,
        queue=queue.name,
        summary=summary,
        reason=conversation.choice.reason if conversation.choice else "",
        sends=ctx.target.sends(packet),
        to=ctx.target.to(queue),
        carries_summary=ctx.target.carries_summary,
        wanted=wanted.id,
        reference=reference,
        revision=conversation.revision,
        fingerprint="",
    )
    return draft.model_copy(update={"fingerprint": fingerprint(conversation.id, draft)})


def propose(
    ctx: Context, conversation: Conversation, choice: Choice, notes: Sequence[str] = ()
) -> Conversation:
    """Propose `choice`: the reply shows what would be sent where, and whether the queue is open."""
    wanted = ctx.view.get(choice.queue_id)
    if wanted is None:  # taken away or hidden meanwhile, and with it what was said of it
        best = best_for(ctx, choice.summary)
        choice, wanted = best.model_copy(update={"summary": choice.summary}), ctx.view.by_id[best.queue_id]
    choice = choice.model_copy(update={"upto": len(conversation.messages)})
    conversation = conversation.model_copy(update={"choice": choice, "asked_between": ()})
    queue = reachable(ctx, wanted)
    if queue is None:
        return _after_hours(ctx, conversation, wanted, notes)
    proposal = make(ctx, conversation, wanted, queue, ctx.new_id())
    conversation = conversation.model_copy(update={"phase": "proposed", "proposal": proposal})
    return show(ctx, conversation, notes)


def show(ctx: Context, conversation: Conversation, notes: Sequence[str] = ()) -> Conversation:
    """Show the present proposal, again if need be."""
    proposal = conversation.proposal
    if proposal is None:
        raise ValueError("there is no proposal to show")
    text = ctx.locale
    queue, wanted = ctx.view.get(proposal.queue_id), ctx.view.get(proposal.wanted)
    if queue is None or wanted is None or reachable(ctx, wanted) != queue:  # catalogue or hours have changed
        return propose(ctx, conversation, best_known(ctx, conversation), [text("changed")])
    count = ctx.online(queue)  # a hint in the text: a yes binds to the proposal alone
    restated = text("restated", summary=proposal.summary) if proposal.summary else text("restated_nothing")
    lines = [
        *notes,
        restated,
        text("review"),
        text("fell_back", wanted=wanted.name, opens=say.opens(ctx, wanted), queue=queue.name)
        if queue.id != wanted.id
        else "",
        text("queue_open", queue=queue.name),
        say.online(ctx, count),
        text("reason", reason=proposal.reason) if proposal.reason else "",
        text("languages", languages=", ".join(queue.languages)) if queue.languages else "",
        text("sends", to=proposal.to, values=", ".join(f"{k} = {v}" for k, v in proposal.sends.items())),
        text("summary_not_sent") if proposal.summary and not proposal.carries_summary else "",
        text("looks_secret") if ctx.redact and ctx.redact(proposal.summary) != proposal.summary else "",
        text("second_kept", summary=conversation.second.summary) if conversation.second else "",
        text("not_right"),
    ]
    buttons = [
        Button(label=text("start"), action="start", style="filled", proposal=proposal.id),
        Button(label=text("edit"), action="edit"),
        Button(label=text("other"), action="other"),
    ]
    return say.reply(ctx, conversation, lines, buttons, proposal=proposal, online=count)


def _after_hours(
    ctx: Context, conversation: Conversation, wanted: Queue, notes: Sequence[str]
) -> Conversation:
    """Everything that fits is closed: help for after hours, never a link that is known to be dead."""
    after_hours = ctx.catalogue.after_hours
    if after_hours is None:
        raise ValueError("the catalogue has no help for after hours")
    conversation = conversation.model_copy(update={"phase": "gathering", "proposal": None})
    (help_,) = say.link_buttons(ctx, conversation, [after_hours])
    default = ctx.view.default
    buttons = [
        help_.model_copy(update={"style": "filled"}),
        say.choose_button(default, ctx.locale("instead", queue=default.name)),
        Button(label=ctx.locale("edit"), action="edit"),
        Button(label=ctx.locale("other"), action="other"),
    ]
    key = "closed_all" if ctx.view.get(wanted.fallback) else "closed_one"
    closed = ctx.locale(key, wanted=wanted.name, opens=say.opens(ctx, wanted))
    return say.reply(ctx, conversation, [*notes, closed], buttons)
