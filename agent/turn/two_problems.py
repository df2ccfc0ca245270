"""Two problems at once: one question, which comes first; the other is kept for after the handoff."""

from agent.catalogue.schema import Queue
from agent.language.understand import content_words
from agent.records.conversation import Choice, Conversation
from agent.records.decision import SelectQueue
from agent.turn import say
from agent.turn.context import Context
from agent.turn.propose import best_for

NAMING_WORDS = 3
"""Content words that naming a problem takes at most: "the printer on floor three"."""


def answered(ctx: Context, conversation: Conversation, decision: SelectQueue) -> Queue | None:
    """The queue that comes first, where `decision` is the answer to that question: both summaries are kept."""
    first, second = conversation.choice, conversation.second
    asked = first and second and conversation.asked_between == (first.queue_id, second.queue_id)
    return (
        ctx.view.get(decision.queue_id) if asked and decision.queue_id in conversation.asked_between else None
    )


def second_of(ctx: Context, decision: SelectQueue, chosen: Choice) -> Choice | None:
    """The second problem, where it is for another queue; the engine looks for one that the model did not name."""
    summary, queue_id = decision.second_issue, decision.second_queue_id
    guessed = None if queue_id or not summary else best_for(ctx, summary)
    second = guessed or Choice(queue_id=queue_id, summary=summary)
    return second if summary and second.queue_id != chosen.queue_id else None


def details(conversation: Conversation) -> list[str]:
    """Of an answer that names a problem, what says more than which one."""
    return [m.text for m in conversation.unanswered if len(content_words(m.text)) > NAMING_WORDS]


def which_first(ctx: Context, conversation: Conversation, chosen: Choice, second: Choice) -> Conversation:
    """Two problems for two queues: one question, which comes first; the other is kept."""
    one, two = (ctx.view.by_id[choice.queue_id] for choice in (chosen, second))
    summaries = {"first": say.label(chosen.summary), "second": say.label(second.summary)}
    text = ctx.locale("ask_first", **summaries, one=one.name, two=two.name)
    buttons = [say.choose_button(one), say.choose_button(two)]
    chosen = chosen.model_copy(update={"upto": len(conversation.messages)})
    kept = {"choice": chosen, "second": second, "asked_between": (chosen.queue_id, second.queue_id)}
    return say.question(ctx, conversation.model_copy(update=kept), text, buttons)
