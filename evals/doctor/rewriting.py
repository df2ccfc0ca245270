"""A description that an LLM writes. What it reads is delimited data; what it answers is checked."""

from agent.language.clean import inert
from agent.models.catalogue_text import queue_lines, quoted
from agent.models.json_text import first_object
from agent.models.server import ChatServer
from agent.settings import Settings
from evals.doctor.confusions import Evidence
from prompts import prompt

LONGEST = 600
"""Characters of a description, unless it was longer; models that route read no more."""
_WHOLE = 5_000  # characters: as long as a catalogue lets a description be
_MESSAGES = 12  # that a prompt shows, spread over all of them
_MESSAGE = 300  # characters of one
_ANSWER_TOKENS = 4_000  # with room for a reasoning model's thoughts


class DescriptionWriter:
    """Asks the model of `settings`; `faults` counts the answers that could not be used."""

    def __init__(self, settings: Settings) -> None:
        self.faults = 0
        self._server = ChatServer(
            settings.model, base_url=settings.base_url, api_key=settings.api_key, timeout=settings.timeout
        )

    async def rewrite(self, evidence: Evidence) -> str | None:
        """A better description; None where the answer is none. Raises `ModelError` where there is no answer."""
        queue = evidence.queue
        messages = evidence.lost[:: -(-len(evidence.lost) // _MESSAGES)]
        limit = max(LONGEST, len(queue.description))
        data = prompt(
            "confused",
            name=quoted(queue.name, 100),
            description=quoted(queue.description, _WHOLE),
            rivals=queue_lines(evidence.rivals, {rival.id: rival.id for rival in evidence.rivals}),
            messages="\n".join(f"- {quoted(text, _MESSAGE)}" for text in messages),
        )
        request = [
            {"role": "system", "content": prompt("describe", limit=str(limit))},
            {"role": "user", "content": data},
        ]
        completion = await self._server.complete(
            lambda _: request, {"max_completion_tokens": _ANSWER_TOKENS}, private=[data]
        )
        description = checked(completion.text, queue.description)
        self.faults += description is None
        return description

    async def close(self) -> None:
        """Close the connections."""
        await self._server.close()


def checked(answer: str, old: str) -> str | None:
    """The description in a model's answer: one line of plain text, not too long, without a link that is not in `old`."""
    text = (first_object(answer, "description") or {}).get("description")
    if not isinstance(text, str):
        return None
    text = text.strip()
    if not 0 < len(text) <= max(LONGEST, len(old)) or not text.isprintable() or inert(text, old) != text:
        return None
    return text
