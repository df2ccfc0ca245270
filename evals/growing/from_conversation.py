"""A saved conversation as a case: what the person said and did, and where they rightly landed."""

from collections.abc import Iterator
from itertools import dropwhile
from typing import Any

from pydantic import ValidationError

from agent.errors import InputError
from agent.language.understand import intent_of
from agent.records.conversation import AssistantMessage, Conversation, UserMessage
from evals.case import Act, Case, Expect, Person
from evals.case_file import explain
from evals.situation import situation

_WORDLESS = {"skip": "/skip", "cancel": "/cancel", "other": "/other"}


def case_of(
    conversation: Conversation,
    *,
    id_: str | None = None,
    queue: str | None = None,
    tags: tuple[str, ...] = (),
) -> Case:
    """The case that `conversation` makes. Who the person was stays behind, but for what opens queues to them.

    It ends with the first handoff. The right queue is `queue`, else the one that they accepted. Raises `InputError` where nobody can tell.
    """
    # What was pressed before anything was said is no opening.
    turns = list(dropwhile(lambda turn: not any(map(_words, turn[1])), _turns(conversation)))
    if not turns:
        raise InputError("nothing is said in this conversation, so there is no case in it")
    (_, opening, _), *later = turns
    facts: dict[str, str] = {}
    acts: list[Act] = []
    for reply, said, after in later:
        found = situation(reply.reply) if reply else "question"
        for message in said:
            words = _words(message)
            # Who says "never mind" tells nothing: that is what they do.
            if found == "question" and words and intent_of(words) is None:
                facts[f"answer_{len(facts) + 1}"] = words
                continue
            line = words.lstrip("/ ") or _line(message, after)
            if line and found != "closed":
                acts.append(Act(on=found, do=line))
    right = queue or _landed(conversation)
    if right is None and conversation.phase != "closed":
        raise InputError("nothing was handed off in this conversation: say with --queue where it belongs")
    made = dict[str, Any](
        id=id_ or f"added-{conversation.id[:8]}",
        opening="\n".join(filter(None, map(_words, opening))),
        now=conversation.created,
        user=Person(
            facts=facts,
            acts=tuple(acts),
            attributes=conversation.user.attributes,
            locale=conversation.user.locale,
        ),
        expect=Expect(outcome="handoff" if right else "no_handoff", queue=(right,) if right else ()),
        tags=(*tags, "added"),
    )
    try:
        return Case(**made)
    except ValidationError as error:
        raise InputError(f"no case: {explain(error.errors(include_url=False)[0])}") from None


def _turns(
    conversation: Conversation,
) -> Iterator[tuple[AssistantMessage | None, list[UserMessage], AssistantMessage | None]]:
    """What the person said, with the reply before it and the one behind it, until the first handoff: the rest is another matter."""
    before: AssistantMessage | None = None
    said: list[UserMessage] = []
    for message in conversation.messages:
        if message.role == "user":
            said.append(message)
        else:
            if said:
                yield before, said, message
            before, said = message, []
            if message.reply.handoff:
                return
    if said:
        yield before, said, None


def _words(message: UserMessage) -> str:
    """What was said, "" for a press."""
    return " ".join(message.text.split()) if message.action is None else ""


def _line(message: UserMessage, after: AssistantMessage | None) -> str | None:
    """A press as it would be typed in the terminal; None for what the played person does by themselves."""
    if message.action == "summary":
        return f"/edit {' '.join(message.text.split())}"
    chosen = after.reply.proposal if after else None
    if message.action == "choose":
        return f"/choose {chosen.wanted}" if chosen else None
    return _WORDLESS.get(message.action or "")


def _landed(conversation: Conversation) -> str | None:
    """The queue that was chosen for the accepted proposal, before opening hours were looked at."""
    if not conversation.handoffs:
        return None
    accepted = conversation.handoffs[0]
    replies = (m.reply for m in reversed(conversation.messages) if m.role == "assistant")
    proposal = next((r.proposal for r in replies if r.proposal and r.proposal.id == accepted.proposal), None)
    return proposal.wanted if proposal else accepted.queue_id
