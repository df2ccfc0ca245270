"""The model of one conversation: what it was asked is looked up on the tape first, and everything is noted."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from pydantic import TypeAdapter

from agent.errors import ModelError, ModelRejected, ModelUnavailable, RunError, StoreError
from agent.models.base import Answer, Briefing, ChatModel
from agent.records.decision import Decision
from evals.failing import Failing
from evals.result import Call
from evals.tape import Tape
from evals.taped import TOO_LATE, Entry, Taped

_DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)
_TEXTS = ("question", "summary", "query", "reason")  # what a decision says, whichever it has


@runtime_checkable
class Asks(Protocol):
    """A model whose answers depend on a request that can be looked at before it is sent."""

    def request(self, briefing: Briefing) -> dict[str, Any]:
        """What would be asked: everything that the answer depends on."""
        ...


class PlayedModel:
    """A `ChatModel` over another one, for the conversation `conversation` (its case and trial).

    `broken` says what keeps the conversation from being scored at all: a key that is refused, a tape without the
    answer. `fail_calls` is the share of the calls that are made to fail (`Failing`). `waited` and `spent` count seconds: how long the answers took when they were given, and took now.
    """

    def __init__(
        self,
        model: ChatModel,
        tape: Tape | None,
        conversation: tuple[str, int],
        fail_calls: float = 0.0,
    ) -> None:
        self._model = model
        self._taped = Taped(tape, conversation) if tape and isinstance(model, Asks) else None
        self._failing = Failing(fail_calls, conversation)
        self._calls: list[Call] = []
        self.broken: str | None = None
        self.waited = 0.0
        self.spent = 0.0

    @property
    def name(self) -> str:
        """The other model's name."""
        return self._model.name

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        """The other model's decision, or the one on the tape."""
        began = time.perf_counter()
        waited: float | None = None
        try:
            self._failing.call()
            if self._taped and isinstance(self._model, Asks):

                async def make() -> Entry:
                    return _entry(await self._model.decide(briefing, started))

                entry = await self._taped.call(self._model.request(briefing), make)
                answer, waited = _answer(entry), entry["seconds"]
            else:
                answer = await self._model.decide(briefing, started)
        except (ModelError, RunError, StoreError) as error:
            machinery = isinstance(error, RunError | StoreError)
            if machinery or (isinstance(error, ModelRejected) and not error.of_this_request):
                self.broken = str(error)
            self._calls.append(Call(error=f"{type(error).__name__}: {error}"))
            if machinery:
                raise ModelUnavailable(str(error)) from error
            raise
        except Exception as error:
            self._calls.append(Call(error=type(error).__name__))
            raise
        except asyncio.CancelledError:
            self._calls.append(Call(error=TOO_LATE))
            raise
        finally:
            now = time.perf_counter() - began
            self.spent += now
            self.waited += now if waited is None else waited
        self._calls.append(_noted(answer))
        return answer

    async def close(self) -> None:
        """Nothing: the other model serves other conversations, too."""

    def take_calls(self) -> tuple[Call, ...]:
        """The calls since the last time."""
        calls, self._calls = tuple(self._calls), []
        return calls


def _entry(answer: Answer) -> Entry:
    return {
        "decision": answer.decision.model_dump(),
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "confidence": answer.confidence,
    }


def _answer(entry: Entry) -> Answer:
    return Answer(
        decision=_DECISION.validate_python(entry["decision"]),
        prompt_tokens=entry["prompt_tokens"],
        completion_tokens=entry["completion_tokens"],
        confidence=entry["confidence"],
    )


def _noted(answer: Answer) -> Call:
    decision = answer.decision
    said = (getattr(decision, name, "") for name in _TEXTS)
    return Call(
        decision=decision.kind,
        queue=getattr(decision, "queue_id", None),
        text=next(filter(None, said), ""),
        confidence=answer.confidence,
    )
