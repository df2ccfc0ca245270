"""A message: what `understood` answers at once, else one decision of the model, carried out."""

from agent.language.clean import one_line
from agent.language.understand import asks_for_human, content_words, describes_problem, without_opening
from agent.models.base import ChatModel
from agent.records.conversation import AssistantMessage, Choice, Conversation, UserMessage
from agent.records.decision import Ask, CreateHandoff, Decision, NotForAgents, SelectQueue
from agent.records.reply import Button
from agent.turn import actions, say
from agent.turn.context import Context
from agent.turn.decide import Budget, decide
from agent.turn.propose import best_for, best_known, own_words, propose, show
from agent.turn.understood import understood

NAMING_WORDS = 3  # content words that naming a problem takes at most: "the printer on floor three"


async def answer(ctx: Context, conversation: Conversation, model: ChatModel, budget: Budget) -> Conversation:
    """Answer the person's messages that are still unanswered, all in one reply."""
    messages = conversation.unanswered
    if any(message.action == "summary" for message in messages):
        return await _edited(ctx, conversation, model, budget)
    done = await understood(ctx, conversation, messages[0]) if len(messages) == 1 else None
    if done is None:
        conversation = _reopened(conversation, messages)
        if conversation.questions and all(asks_for_human(message.text) for message in messages):
            # Asking for a human again, after a question, is insisting.
            return propose(ctx, conversation, best_known(ctx, conversation))
        decision = await decide(ctx, conversation, model, budget)
        done = carry_out(ctx, conversation, decision)
    return _with_costs(done, budget)


async def _edited(ctx: Context, conversation: Conversation, model: ChatModel, budget: Budget) -> Conversation:
    """The summary is the person's own from now on; the queue is checked again with one call at most."""
    budget.calls_left = min(budget.calls_left, 1)
    if conversation.phase in ("handed_off", "closed"):
        conversation = conversation.model_copy(update={"phase": "gathering"})
    decision = await decide(ctx, conversation, model, budget)
    if isinstance(decision, SelectQueue):
        chosen = Choice(queue_id=decision.queue_id, summary=decision.summary, reason=decision.reason)
    else:
        chosen = conversation.choice or best_known(ctx, conversation)
    ctx.step("step_queue", "success" if decision else "error")
    return _with_costs(propose(ctx, _own_words_added(conversation), chosen), budget)


def _reopened(conversation: Conversation, messages: tuple[UserMessage, ...]) -> Conversation:
    """After a handoff or a cancel, a message about a problem begins a new issue."""
    phase = "gathering" if conversation.phase in ("handed_off", "closed") else conversation.phase
    choice = conversation.choice
    # What was chosen before belongs to the issue before, until there is word of a new one.
    old = choice is not None and choice.upto < conversation.since
    if old and any(describes_problem(message.text) for message in messages):
        choice = None
    return conversation.model_copy(update={"phase": phase, "choice": choice})


def carry_out(ctx: Context, conversation: Conversation, decision: Decision | None) -> Conversation:
    """Do what was decided and allowed; without a decision, propose the best queue known."""
    if ctx.pending("step_queue") and not isinstance(decision, SelectQueue):
        ctx.step("step_queue", "error")
    match decision:
        case Ask() if conversation.questions < ctx.limits.questions:
            between = {"asked_between": decision.between}
            buttons = [Button(label=text, action="message", text=text) for text in decision.suggestions]
            return say.question(ctx, conversation.model_copy(update=between), decision.question, buttons)
        case SelectQueue():
            return _selected(ctx, conversation, decision)
        case NotForAgents():
            buttons = [
                *say.link_buttons(ctx, conversation, ctx.catalogue.other_help),
                say.skip_button(ctx, "anyway"),
            ]
            asked = {"phase": "gathering", "proposal": None, "questions": max(1, conversation.questions)}
            return say.reply(
                ctx, conversation.model_copy(update=asked), ctx.locale("not_for_agents"), buttons
            )
        case CreateHandoff() if conversation.proposal:
            # The model's word is no yes; the person has to give it.
            return show(ctx, conversation, [ctx.locale("not_yet")])
    # No decision, or a question beyond the budget: the best queue known, and what was said goes along.
    said = own_words(conversation)
    told = any(map(describes_problem, said)) or conversation.own_summary or conversation.choice
    if decision is None and not told and not conversation.questions:
        return say.question(ctx, conversation, ctx.locale("ask_issue"))
    ctx.step("step_queue", "error" if decision is None else "success")
    choice = best_known(ctx, conversation)
    unsure = choice.queue_id == ctx.view.default.id and said
    notes = [ctx.locale("no_certain_queue")] if unsure else []
    return propose(ctx, _own_words_added(conversation), choice, notes)


def _selected(ctx: Context, conversation: Conversation, decision: SelectQueue) -> Conversation:
    ctx.step("step_queue", "pending")
    ctx.step("step_queue", "success")
    first, known = conversation.choice, conversation.second
    if first and known and conversation.asked_between == (first.queue_id, known.queue_id):
        # The answer to "which one first?": both summaries are kept already.
        queue = ctx.view.get(decision.queue_id)
        if queue and queue.id in conversation.asked_between:
            return actions.propose_chosen(ctx, conversation, queue, _details(conversation))
    chosen = Choice(queue_id=decision.queue_id, summary=decision.summary, reason=decision.reason)
    second = _second(ctx, decision, chosen)
    if decision.second_issue and second is None:  # both are for the same queue
        summary = one_line(f"{chosen.summary} {decision.second_issue}", ctx.limits.summary_chars)
        chosen = chosen.model_copy(update={"summary": summary})
    if second and not second.guessed and known is None and conversation.questions < ctx.limits.questions:
        return _which_first(ctx, conversation, chosen, second)
    if known and known.queue_id == chosen.queue_id:  # the person wants the second problem first
        second, known = second or first, None
    if second is None and _unchanged(conversation, chosen):
        return show(ctx, conversation, [ctx.locale("not_yet")])
    conversation = conversation.model_copy(update={"second": second or known})
    return propose(ctx, _own_words_added(conversation), chosen)


def _second(ctx: Context, decision: SelectQueue, chosen: Choice) -> Choice | None:
    """The second problem, where it is for another queue; the engine looks for one that the model did not name."""
    summary, queue_id = decision.second_issue, decision.second_queue_id
    guessed = None if queue_id or not summary else best_for(ctx, summary)
    second = guessed or Choice(queue_id=queue_id, summary=summary)
    return second if summary and second.queue_id != chosen.queue_id else None


def _details(conversation: Conversation) -> list[str]:
    """Of an answer that names a problem, what says more than which one."""
    return [m.text for m in conversation.unanswered if len(content_words(m.text)) > NAMING_WORDS]


def _unchanged(conversation: Conversation, chosen: Choice) -> bool:
    """Whether this is what is on the screen already, so that the person only has to answer."""
    proposal = conversation.proposal
    return bool(
        proposal
        and conversation.own_summary is None
        and (proposal.wanted, proposal.summary) == (chosen.queue_id, chosen.summary)
    )


def _which_first(ctx: Context, conversation: Conversation, chosen: Choice, second: Choice) -> Conversation:
    """Two problems for two queues: one question, which comes first; the other is kept."""
    one, two = (ctx.view.by_id[choice.queue_id] for choice in (chosen, second))
    summaries = {"first": say.label(chosen.summary), "second": say.label(second.summary)}
    text = ctx.locale("ask_first", **summaries, one=one.name, two=two.name)
    buttons = [say.choose_button(one), say.choose_button(two)]
    kept = {"choice": chosen, "second": second, "asked_between": (chosen.queue_id, second.queue_id)}
    return say.question(ctx, conversation.model_copy(update=kept), text, buttons)


def _own_words_added(conversation: Conversation) -> Conversation:
    """A summary of the person's own stays word for word; what they say after it is added in their words."""
    if conversation.own_summary is None:
        return conversation
    said = [without_opening(message.text) for message in conversation.unanswered if message.action is None]
    return conversation.model_copy(
        update={"own_summary": "\n".join([conversation.own_summary, *filter(None, said)])}
    )


def _with_costs(conversation: Conversation, budget: Budget) -> Conversation:
    """The newest reply, with what the turn has used."""
    *before, last = conversation.messages
    if not isinstance(last, AssistantMessage):
        raise TypeError("a turn ends with a reply")
    costs = {
        "reply": last.reply.model_copy(update={"model_calls": budget.calls}),
        "prompt_tokens": budget.prompt_tokens,
        "completion_tokens": budget.completion_tokens,
        "degraded": budget.degraded,
    }
    return conversation.model_copy(update={"messages": (*before, last.model_copy(update=costs))})
