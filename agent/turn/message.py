"""A message: what `understood` answers at once, else one decision of the model, carried out."""

import asyncio

from agent.language.clean import one_line
from agent.language.locale import locales
from agent.language.understand import asks_for_human, describes_problem, intent_of, without_opening
from agent.models.base import ChatModel
from agent.records.conversation import AssistantMessage, Choice, Conversation, UserMessage
from agent.records.decision import Ask, CreateHandoff, Decision, NotForAgents, SelectQueue
from agent.records.reply import Button
from agent.turn import actions, say, two_problems
from agent.turn.context import Context
from agent.turn.decide import Budget, decide
from agent.turn.private import redacted, restored
from agent.turn.propose import best_known, own_words, propose, show, told_choice
from agent.turn.understood import understood


async def answer(ctx: Context, conversation: Conversation, model: ChatModel, budget: Budget) -> Conversation:
    """Answer the person's messages that are still unanswered, all in one reply."""
    if ctx.redact is None:
        return await _answer(ctx, conversation, model, budget)
    return restored(await _answer(ctx, redacted(conversation, ctx.redact), model, budget), conversation)


async def _answer(ctx: Context, conversation: Conversation, model: ChatModel, budget: Budget) -> Conversation:
    messages = conversation.unanswered
    if any(message.action == "summary" for message in messages):
        return await _edited(ctx, conversation, model, budget)
    # Of several at once only a last word to stop or to skip is understood by itself; a yes never is.
    last = messages[-1]
    alone = len(messages) == 1 or intent_of(last.text) in ("cancel", "skip")
    done = await understood(ctx, conversation, last) if alone else None
    if done is None:
        conversation = _reopened(conversation, messages)
        if _insists(conversation, messages):
            await ctx.look()
            await ctx.searchable()
            return propose(ctx, conversation, best_known(ctx, conversation))
        decision = await _decided(ctx, conversation, model, budget)
        done = carry_out(ctx, conversation, decision)
    return _with_costs(done, budget, model)


async def _decided(
    ctx: Context, conversation: Conversation, model: ChatModel, budget: Budget
) -> Decision | None:
    """The model's decision; who is online is seen meanwhile."""
    loop = asyncio.get_running_loop()
    looking = asyncio.create_task(ctx.look())
    # A model that takes long may not answer at all, and what is proposed then needs the search.
    late = loop.call_later(ctx.limits.asking / 4, loop.run_in_executor, None, ctx.view.make_ready)
    try:
        decision = await decide(ctx, conversation, model, budget)
    finally:
        late.cancel()
    await looking
    if _leaves_it_to_the_search(ctx, conversation, decision):
        await ctx.searchable()
    return decision


def _leaves_it_to_the_search(ctx: Context, conversation: Conversation, decision: Decision | None) -> bool:
    match decision:
        case Ask():
            return conversation.questions >= ctx.limits.questions
        case SelectQueue():
            return bool(decision.second_issue) and not decision.second_queue_id
    return True


def _insists(conversation: Conversation, messages: tuple[UserMessage, ...]) -> bool:
    """Whether they ask for a human again, after a question was asked: nothing else, and not for the first time."""
    if not conversation.questions or not all(asks_for_human(message.text) for message in messages):
        return False
    before = conversation.messages[conversation.since : -len(messages)]
    said = (m.text for m in before if m.role == "user" and m.action is None)
    return any(asks_for_human(text) or describes_problem(text) for text in said)


async def _edited(ctx: Context, conversation: Conversation, model: ChatModel, budget: Budget) -> Conversation:
    """The summary is the person's own from now on; the queue is checked again with one call at most."""
    budget.calls_left = min(budget.calls_left, 1)
    if conversation.phase in ("handed_off", "closed"):
        conversation = conversation.model_copy(update={"phase": "gathering"})
    decision = await _decided(ctx, conversation, model, budget)
    if isinstance(decision, SelectQueue):
        chosen = Choice(queue_id=decision.queue_id, summary=decision.summary, reason=decision.reason)
    else:
        chosen = conversation.choice or best_known(ctx, conversation)
    ctx.step("step_queue", "success" if decision else "error")
    return _with_costs(propose(ctx, _own_words_added(conversation), chosen), budget, model)


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
            return say.question(
                ctx, _own_words_added(conversation).model_copy(update=between), decision.question, buttons
            )
        case SelectQueue():
            return _selected(ctx, conversation, decision)
        case NotForAgents() if not _told_so(conversation):
            buttons = [
                *say.link_buttons(ctx, conversation, ctx.catalogue.other_help),
                say.skip_button(ctx, "anyway"),
            ]
            asked = {"phase": "gathering", "proposal": None, "questions": max(1, conversation.questions)}
            return say.reply(
                ctx, conversation.model_copy(update=asked), ctx.locale("not_for_agents"), buttons
            )
        case CreateHandoff() if conversation.proposal and not two_problems.details(conversation):
            # The model's word is no yes; the person has to give it.
            return show(ctx, conversation, [ctx.locale("not_yet")])
    # No decision, a question beyond the budget, or they go on though told so: the best queue known, and what was said goes along.
    said = own_words(conversation)
    told = any(map(describes_problem, said)) or conversation.own_summary or conversation.choice
    # Only greetings so far: asking is all that can be done; an answer like "I don't know" is not asked again.
    ask = not conversation.questions or (not said and conversation.questions < ctx.limits.questions)
    if decision is None and not told and ask:
        return say.question(
            ctx, conversation, ctx.locale("ask_more" if conversation.questions else "ask_issue")
        )
    ctx.step("step_queue", "error" if decision is None else "success")
    choice = best_known(ctx, conversation)
    unsure = choice.queue_id == ctx.view.default.id and said
    notes = [ctx.locale("no_certain_queue")] if unsure else []
    return propose(ctx, _own_words_added(conversation), choice, notes)


def _told_so(conversation: Conversation) -> bool:
    """Whether they were told once that this is not for agents; whoever goes on wants one."""
    texts = {locale("not_for_agents") for locale in locales().values()}
    return any(
        m.role == "assistant" and m.reply.text in texts for m in conversation.messages[conversation.since :]
    )


def _selected(ctx: Context, conversation: Conversation, decision: SelectQueue) -> Conversation:
    ctx.step("step_queue", "pending")
    ctx.step("step_queue", "success")
    known = conversation.second
    queue = two_problems.answered(ctx, conversation, decision)
    if queue:
        details = two_problems.details(conversation)
        return actions.propose_chosen(ctx, conversation, queue, details)
    chosen = Choice(queue_id=decision.queue_id, summary=decision.summary, reason=decision.reason)
    second = two_problems.second_of(ctx, decision, chosen)
    if decision.second_issue and second is None:  # both are for the same queue
        summary = one_line(f"{chosen.summary} {decision.second_issue}", ctx.limits.summary_chars)
        chosen = chosen.model_copy(update={"summary": summary})
    if second and not second.guessed and known is None and conversation.questions < ctx.limits.questions:
        return two_problems.which_first(ctx, conversation, chosen, second)
    if known and known.queue_id == chosen.queue_id:  # the person wants the second problem first
        second, known = second or told_choice(conversation), None
        conversation = conversation.model_copy(update={"own_summary": None})
    if second is None and _unchanged(conversation, chosen):
        return show(ctx, conversation, [ctx.locale("not_yet")])
    conversation = conversation.model_copy(update={"second": second or known})
    return propose(ctx, _own_words_added(conversation), chosen)


def _unchanged(conversation: Conversation, chosen: Choice) -> bool:
    """Whether this is what is on the screen already, so that the person only has to answer."""
    proposal = conversation.proposal
    return bool(
        proposal
        and conversation.own_summary is None
        and (proposal.wanted, proposal.summary) == (chosen.queue_id, chosen.summary)
    )


def _own_words_added(conversation: Conversation) -> Conversation:
    """A summary of the person's own stays word for word; what they say after it is added in their words."""
    if conversation.own_summary is None:
        return conversation
    said: list[str] = []
    for message in conversation.unanswered:
        if message.action == "summary":
            said = []  # what came before an edit is in it, or not wanted
        elif message.action is None:
            said.append(without_opening(message.text))
    return conversation.model_copy(
        update={"own_summary": "\n".join([conversation.own_summary, *filter(None, said)])}
    )


def _with_costs(conversation: Conversation, budget: Budget, model: ChatModel) -> Conversation:
    """The newest reply, with what the turn has used."""
    *before, last = conversation.messages
    if not isinstance(last, AssistantMessage):
        raise TypeError("a turn ends with a reply")
    costs = {
        "reply": last.reply.model_copy(update={"model_calls": budget.calls}),
        "model": model.name if budget.calls else "",
        "prompt_tokens": budget.prompt_tokens,
        "completion_tokens": budget.completion_tokens,
        "degraded": budget.degraded,
    }
    return conversation.model_copy(update={"messages": (*before, last.model_copy(update=costs))})
