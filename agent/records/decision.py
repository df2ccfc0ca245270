"""What a model can decide in one call. It proposes; the turn disposes.

Only `queue_id` decides where a handoff goes, so only it is checked and repaired; everything else is free
text or nullable, and an odd value is ignored.
"""

from typing import Annotated, Literal

from pydantic import Field

from agent.records.base import Record


class Ask(Record):
    """Ask the person one question; `between` names the queues that it tells apart, if any."""

    kind: Literal["ask"] = "ask"
    question: str
    suggestions: tuple[str, ...] = ()
    between: tuple[str, ...] = ()


class SelectQueue(Record):
    """A queue that fits. `summary` is one or two sentences for the agent, `reason` one for the person.

    A second, unrelated problem of the same person goes into `second_issue`, with its queue if known.
    """

    kind: Literal["select_queue"] = "select_queue"
    queue_id: str
    summary: str = ""
    reason: str = ""
    second_issue: str = ""
    second_queue_id: str = ""


class CreateHandoff(Record):
    """The model believes that the person agreed. It takes nothing that could change where it goes."""

    kind: Literal["create_handoff"] = "create_handoff"


class NotForAgents(Record):
    """Nothing here is for a live agent; `reason` is kept for the operator and never shown."""

    kind: Literal["not_for_agents"] = "not_for_agents"
    reason: str = ""


class SearchQueues(Record):
    """Look for queues by words, where the catalogue does not fit into the prompt."""

    kind: Literal["search_queues"] = "search_queues"
    query: str


Decision = Annotated[
    Ask | SelectQueue | CreateHandoff | NotForAgents | SearchQueues, Field(discriminator="kind")
]
