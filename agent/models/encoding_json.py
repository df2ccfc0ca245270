"""Decisions as one JSON object in which a single field, `queue`, decides.

For servers that are bad at tools. Because nothing else decides, no answer can contradict itself. The schema
knows no handoff: the person's yes needs no model.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from agent.errors import ModelAnswerInvalid
from agent.models.completion import Completion
from agent.models.json_text import first_object
from agent.records.decision import Ask, Decision, NotForAgents, SelectQueue
from prompts import line

UNCLEAR = "unclear"
NOT_FOR_AGENTS = "not_for_agents"
WORDS = (UNCLEAR, NOT_FOR_AGENTS)
"""What the deciding field can be beside a queue."""

_QUEUE = re.compile(r'"queue"\s*:\s*"([^"\\]*)"')


def parameters(queues: Iterable[str]) -> dict[str, Any]:
    """What a request needs, so that the answer can only be one of `queues`, or none of them."""
    # In this order: a small model that has written the problem down chooses better.
    properties = {
        "summary": {"type": "string"},
        "queue": {"type": "string", "enum": [*queues, UNCLEAR, NOT_FOR_AGENTS]},
        "question": {"type": "string"},
        "second_issue": {"type": "string"},
    }
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    json_schema = {"name": "decision", "strict": True, "schema": schema}
    # Of a small model's answers only the likeliest one is any good.
    return {"response_format": {"type": "json_schema", "json_schema": json_schema}, "temperature": 0}


def kind(text: str) -> str | None:
    """The kind of decision that an answer which begins with `text` will be, None while that is open."""
    found = _QUEUE.search(text)
    return _kind(found[1]) if found else None


def parse(completion: Completion, ids: Mapping[str, str], question: str) -> Decision:
    """The decision in an answer, with the queue's id, which `ids` gives for its handle.

    What is no handle stays as it is: an id, or nothing that gets through. `question` is asked where the model has
    none of its own. Raises `ModelAnswerInvalid`, with a text for the model.
    """
    if not completion.text:
        raise ModelAnswerInvalid(line("corrections", "empty"))
    answer = first_object(completion.text, "queue")
    if answer is None:
        raise ModelAnswerInvalid(line("corrections", "json_object"))
    queue, summary, asked = (answer.get(key) for key in ("queue", "summary", "question"))
    if not isinstance(queue, str) or not queue.strip():
        raise ModelAnswerInvalid(line("corrections", "json_queue"))
    text = summary.strip() if isinstance(summary, str) else ""
    match _kind(queue):
        case "not_for_agents":
            return NotForAgents(reason=text)
        case "select_queue":
            second = answer.get("second_issue")
            second = second.strip() if isinstance(second, str) else ""
            return SelectQueue(
                queue_id=ids.get(queue.strip(), queue.strip()), summary=text, second_issue=second
            )
    return Ask(question=(asked.strip() if isinstance(asked, str) else "") or question)


def _kind(queue: str) -> str:
    return {UNCLEAR: "ask", NOT_FOR_AGENTS: "not_for_agents"}.get(queue.strip(), "select_queue")
