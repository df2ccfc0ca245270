"""The model of one conversation: what it was asked is looked up on the tape first, and everything is noted."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from pydantic import TypeAdapter

from agent.errors import ModelAnswerInvalid, ModelError, ModelRejected, ModelUnavailable, StoreError
from agent.models.base import Answer, Briefing, ChatModel
from agent.records.decision import Decision
from evals.result import Call
from evals.tape import Tape, key_of

_DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)
_TOO_LATE = "no answer within the turn's time limit"
_TEXTS = ("question", "summary", "query", "reason")  # what a decision says, whichever it has


@runtime_checkable
class Asks(Protocol):
    """A model whose answers depend on a request that can be looked at before it is sent."""

    def request(self, briefing: Briefing) -> dict[str, Any]:
        """What would be asked: everything that the answer depends on."""
        ...


class PlayedModel:
    """A `ChatModel` over another one, for the conversation `conversation` (its case and trial).

    `calls` has what was decided since it was taken last. `broken` says what keeps the conversation from being
    scored at all: a key that is refused, a tape without the answer. `waited` and `spent` count seconds: how long
    the answers took when they were given, and how long they took now.
    """

    def __init__(self, model: ChatModel, tape: Tape | None, conversation: tuple[str, int]) -> None:
        self._model = model
        self._tape = tape if isinstance(model, Asks) else None
        self._conversation = conversation
        self._asked: Counter[str] = Counter()
        self.calls: list[Call] = []
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
        seconds = None
        try:
            if self._tape is None:
                answer = await self._model.decide(briefing, started)
            else:
                answer, seconds = await self._taped(self._tape, briefing, started)
        except ModelError as error:
            if isinstance(error, ModelRejected) and not error.of_this_request:
                self.broken = str(error)
            self.calls.append(Call(error=f"{type(error).__name__}: {error}"))
            raise
        except StoreError as error:
            self.broken = str(error)
            raise
        except asyncio.CancelledError:
            self.calls.append(Call(error=_TOO_LATE))
            raise
        finally:
            now = time.perf_counter() - began
            self.spent += now
            self.waited += now if seconds is None else seconds
        self.calls.append(_noted(answer))
        return answer

    async def close(self) -> None:
        """Nothing: the other model serves other conversations, too."""

    def take_calls(self) -> tuple[Call, ...]:
        """The calls since the last time."""
        calls, self.calls = tuple(self.calls), []
        return calls

    async def _taped(
        self, tape: Tape, briefing: Briefing, started: Callable[[str], None] | None
    ) -> tuple[Answer, float]:
        asked = key_of(self._model.request(briefing)) if isinstance(self._model, Asks) else ""
        self._asked[asked] += 1
        key = key_of("decide", *self._conversation, asked, self._asked[asked])
        entry = tape.get(key)
        if entry is not None:
            return _from_entry(entry), entry["seconds"]
        if tape.mode == "replay":
            self.broken = (
                "the recording has no answer to this request: model settings, prompt, catalogue or case are not "
                "what they were; record it again"
            )
            raise ModelUnavailable(self.broken)
        began = time.perf_counter()
        entry = {"case": self._conversation[0], "trial": self._conversation[1]}
        try:
            answer = await self._model.decide(briefing, started)
        except ModelError as error:
            passing = isinstance(error, ModelUnavailable | ModelRejected)
            entry |= {"error": type(error).__name__, "text": str(error), "passing": passing}
            if isinstance(error, ModelRejected):
                entry["of_this_request"] = error.of_this_request
            raise
        except asyncio.CancelledError:
            entry |= {"error": "ModelUnavailable", "text": _TOO_LATE, "passing": True}
            raise
        else:
            entry |= {
                "decision": answer.decision.model_dump(),
                "prompt_tokens": answer.prompt_tokens,
                "completion_tokens": answer.completion_tokens,
                "confidence": answer.confidence,
            }
        finally:
            seconds = round(time.perf_counter() - began, 3)
            tape.put(key, {**entry, "seconds": seconds})
        return answer, seconds


def _from_entry(entry: dict[str, Any]) -> Answer:
    if "error" in entry:
        match entry["error"]:
            case "ModelAnswerInvalid":
                raise ModelAnswerInvalid(entry["text"])
            case "ModelRejected":
                raise ModelRejected(entry["text"], of_this_request=entry["of_this_request"])
        raise ModelUnavailable(entry["text"])
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
