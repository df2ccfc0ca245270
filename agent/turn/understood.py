"""Messages that code understands as a whole: a recognised phrase, or a button's label. No model is asked."""

from agent.language.locale import Intent, folded
from agent.language.understand import asks_for_human, intent_of
from agent.records.conversation import Conversation, UserMessage
from agent.records.reply import Button, Proposal
from agent.turn import actions, say
from agent.turn.context import Context
from agent.turn.gate import accept, accepted, after_buttons, hand_out
from agent.turn.propose import show


async def understood(ctx: Context, conversation: Conversation, message: UserMessage) -> Conversation | None:
    """The conversation with its reply; None where the model is needed."""
    button = _typed_button(conversation, message)
    if button and button.action != "message" and button.action != "link":  # noqa: PLR1714  # mypy narrows so
        conversation = _as_pressed(conversation, message, button)
        return await actions.act(
            ctx, conversation, button.action, queue_id=button.queue_id, proposal_id=button.proposal
        )
    intent = intent_of(message.text)
    if intent in ("nobody", "skip", "agree"):  # it leads to a proposal; a yes does not wait for a hint
        await ctx.look()
    if intent not in (None, "yes", "cancel", "thanks", "edit"):
        await ctx.searchable()
    done = None
    match conversation.phase:
        case "proposed":
            done = await _proposed(ctx, conversation, message, intent)
        case "handed_off":
            done = _handed_off(ctx, conversation, message, intent)
        case "closed" if intent == "thanks":
            done = _welcome(ctx, conversation)
    return done or _anywhere(ctx, conversation, intent)


def _typed_button(conversation: Conversation, message: UserMessage) -> Button | None:
    """The button of the last reply whose label was typed."""
    last = conversation.last_reply
    typed = folded(message.text)
    if last is None or message.seen != (last.proposal.id if last.proposal else None):
        return None
    return next((button for button in last.buttons if folded(button.label) == typed), None)


def _as_pressed(conversation: Conversation, message: UserMessage, button: Button) -> Conversation:
    """A typed label is no word about the problem: it is kept as the press that it stands for."""
    pressed = message.model_copy(update={"action": button.action})
    return conversation.model_copy(update={"messages": (*conversation.messages[:-1], pressed)})


async def _proposed(
    ctx: Context, conversation: Conversation, message: UserMessage, intent: Intent | None
) -> Conversation | None:
    proposal = conversation.proposal
    if intent == "yes" and proposal and message.seen == proposal.id:
        return await accept(ctx, conversation, proposal.id)
    if intent == "nobody" and proposal and _is_for_another(conversation, proposal):
        return actions.nobody_came(ctx, conversation)
    if intent in ("yes", "agree", "thanks", "nobody") or asks_for_human(message.text):
        return show(ctx, conversation, [ctx.locale("not_yet")])
    if intent in ("no", "wrong_team"):
        return actions.other(ctx, conversation, ctx.locale("other_wrong"))
    return None


def _is_for_another(conversation: Conversation, proposal: Proposal) -> bool:
    """Whether the proposal is for another problem than the last handoff."""
    made = accepted(conversation, conversation.handoffs[-1]) if conversation.handoffs else None
    return made is not None and made.summary != proposal.summary


def _handed_off(
    ctx: Context, conversation: Conversation, message: UserMessage, intent: Intent | None
) -> Conversation | None:
    handoff, second = conversation.handoffs[-1], conversation.second
    match intent:
        case "yes" if second:
            return actions.take_second(ctx, conversation, second)
        case "yes" | "skip":
            return hand_out(ctx, conversation, handoff)
        case "no":  # no to the second problem, if one was offered
            return _welcome(ctx, conversation.model_copy(update={"second": None}), "all_right")
        case "nobody":
            return actions.nobody_came(ctx, conversation)
        case "thanks":
            return _welcome(ctx, conversation)
    return actions.already(ctx, conversation) if asks_for_human(message.text) else None


def _anywhere(ctx: Context, conversation: Conversation, intent: Intent | None) -> Conversation | None:
    match intent:
        case "nobody" if conversation.handoffs:
            return actions.nobody_came(ctx, conversation)
        case "cancel":
            return actions.cancel(ctx, conversation)
        case "wrong_team":
            return actions.other(ctx, conversation)
        case "skip":
            return actions.skip(ctx, conversation)
        case "thanks":
            return say.reply(ctx, conversation, ctx.locale("welcome"), [say.skip_button(ctx)])
        case "edit":
            return actions.edit(ctx, conversation)
    return None


def _welcome(ctx: Context, conversation: Conversation, key: str = "welcome") -> Conversation:
    handoff = conversation.handoffs[-1] if conversation.handoffs else None
    buttons = after_buttons(ctx, conversation, handoff) if handoff else ()
    return say.reply(ctx, conversation, ctx.locale(key), buttons)
