"""A misrouted conversation as a case: what the person said and did, without who they were, and where it belongs."""

from agent.catalogue.schema import Catalogue
from agent.catalogue.view import Views
from agent.errors import InputError
from agent.outcomes.conversations import Handed
from agent.records.conversation import Conversation
from agent.records.reply import Handoff
from agent.records.user import User
from evals.case import Case
from evals.growing.from_conversation import case_of
from evals.growing.redact import redactor

TAG = "misroute"


def misroute_case(
    handed: Handed, reference: str, queues: tuple[str, ...], catalogue: Catalogue
) -> Case | None:
    """The case, for which any of `queues` that the person may see is right; None where nothing was said for it."""
    user = handed.conversation.user
    view = Views(catalogue).of(user)
    right = tuple(id_ for id_ in queues if view.get(id_))
    if not right:
        return None
    public = {value for queue in catalogue.queues for values in queue.only_for.values() for value in values}
    try:
        case = case_of(
            _of_one(handed.conversation, handed.handoff),
            id_=f"{TAG}-{reference[:8]}",
            queue=right[0],
            tags=(TAG,),
        )
    except InputError:
        return None
    redact = redactor(user, public)
    person = case.user.model_copy(
        update={
            "facts": {key: redact(fact) for key, fact in case.user.facts.items()},
            # What they chose themselves was the wrong queue.
            "acts": tuple(
                act.model_copy(update={"do": redact(act.do)})
                for act in case.user.acts
                if not act.do.startswith("/choose ")
            ),
            "attributes": _opening(user, public),
        }
    )
    made = {
        "opening": redact(case.opening),
        "now": case.now.replace(second=0, microsecond=0),
        "user": person,
        "expect": case.expect.model_copy(update={"queue": right}),
        "tags": (TAG,),
    }
    return Case.model_validate_json(case.model_copy(update=made).model_dump_json())


def _opening(user: User, public: set[str]) -> dict[str, str | list[str]]:
    """The attributes that open queues: only values that stand in the catalogue."""
    found = {}
    for key, value in user.attributes.items():
        values = [value] if isinstance(value, str) else value
        kept: list[str] = [one for one in values if one in public]
        if kept:
            found[key] = value if isinstance(value, str) else kept
    return found


def _of_one(conversation: Conversation, handoff: Handoff) -> Conversation:
    """The part of `conversation` that led to this handoff."""
    place = [made.proposal for made in conversation.handoffs].index(handoff.proposal)
    begin = 0
    if place:
        before = conversation.handoffs[place - 1].proposal
        shown = (
            number
            for number, message in enumerate(conversation.messages, 1)
            if message.role == "assistant"
            and message.reply.handoff
            and message.reply.handoff.proposal == before
        )
        begin = next(shown, 0)
    return conversation.model_copy(update={"messages": conversation.messages[begin:], "handoffs": (handoff,)})
