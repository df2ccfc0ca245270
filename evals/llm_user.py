"""A person played by an LLM: the facts are the case's, the words are the model's. Its own faults are counted."""

from typing import Any

from agent.language.locale import words_of
from agent.models.catalogue_text import quoted
from agent.models.json_text import first_object
from agent.models.server import ChatServer
from agent.records.reply import Reply
from agent.settings import Settings
from evals.case import Case
from evals.scripted_user import ScriptedUser
from evals.tape import Tape
from evals.taped import Entry, Taped
from prompts import prompt

LONGEST = 500
"""Characters; people answer a question more shortly."""
_ANSWER_TOKENS = 500
_FACT = 2_000  # characters of one, and of the opening


class LLMUser(ScriptedUser):
    """Like the script, but a model chooses which fact answers a question, and words it.

    An answer that is no JSON, gives a fact that is not there, says nothing, too much or the name of a queue is a
    fault: it is counted, and the script answers instead.
    """

    def __init__(self, case: Case, server: ChatServer, taped: Taped, queue_names: tuple[str, ...]) -> None:
        super().__init__(case)
        self._server = server
        self._taped = taped
        self._names = [_padded(name) for name in queue_names]
        self._known = _padded(" ".join([case.opening, *case.user.facts.values()]))
        self._talk: list[dict[str, str]] = [{"role": "assistant", "content": case.opening}]

    async def answer(self, reply: Reply) -> str | None:
        """The fact that the model chose, in its words."""
        if not self._facts:
            return None
        self._talk.append({"role": "user", "content": reply.text})
        facts = "\n".join(f"{key}: {quoted(text, _FACT)}" for key, text in self._facts.items())
        system = {"role": "system", "content": prompt("person", facts=facts)}
        # In the model's eyes the assistant is the user. It answers; what it said before are its own answers.
        request = {"model": self._server.model, "messages": [system, *_from_the_user(self._talk)]}
        text = self._checked((await self._taped.call(request, lambda: self._ask(request)))["said"])
        if text is None:
            self.faults += 1
            text = await super().answer(reply)
        self._talk.append({"role": "assistant", "content": text or self._case.user.fallback})
        return text or None

    async def _ask(self, request: dict[str, Any]) -> Entry:
        messages = request["messages"]
        completion = await self._server.complete(
            lambda _: messages,
            {"max_completion_tokens": _ANSWER_TOKENS},
            private=[message["content"] for message in messages],
        )
        return {"said": completion.text}

    def _checked(self, answered: str) -> str | None:
        """What they write; "" where no fact answers the question, None for a fault."""
        answer = first_object(answered, "fact") or {}
        key, text = answer.get("fact"), answer.get("text")
        if key == "none":
            return ""
        if key not in self._facts or not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST:
            return None
        said = _padded(text)
        if any(name in said and name not in self._known for name in self._names):
            return None
        del self._facts[key]
        return text.strip()


class LLMUsers:
    """Makes the people of a run; one server plays them all."""

    def __init__(self, settings: Settings, tape: Tape | None, queue_names: tuple[str, ...]) -> None:
        self._tape = tape
        self._names = queue_names
        self._server = ChatServer(
            settings.model, base_url=settings.base_url, api_key=settings.api_key, timeout=settings.timeout
        )

    def __call__(self, case: Case, trial: int) -> LLMUser:
        """The person of `case`."""
        return LLMUser(case, self._server, Taped(self._tape, (case.id, trial)), self._names)

    async def close(self) -> None:
        """Close the connections."""
        await self._server.close()


def _padded(text: str) -> str:
    """The words of `text`, so that whole words of another one are found in it."""
    return f" {' '.join(words_of(text))} "


def _from_the_user(talk: list[dict[str, str]]) -> list[dict[str, str]]:
    # Chat templates want the user to begin: the opening becomes part of what the person is told.
    opening, *rest = talk
    first, *later = rest
    began = f"[You wrote first: {quoted(opening['content'], _FACT)}]\n{first['content']}"
    return [{"role": "user", "content": began}, *later]
