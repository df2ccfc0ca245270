"""Calls of one conversation that are looked up on a tape before they are made."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from agent.errors import ModelAnswerInvalid, ModelError, ModelRejected, ModelUnavailable, RunError
from evals.tape import Tape, key_of

Entry = dict[str, Any]
TOO_LATE = "no answer within the turn's time limit"
_MISSING = (
    "the recording has no answer to this request: prompts, catalogue, cases or model settings are not what they "
    "were, so record it again"
)


class Taped:
    """The calls of the conversation (case, trial), each found again by what it asks and how often it was asked."""

    def __init__(self, tape: Tape | None, conversation: tuple[str, int]) -> None:
        self._tape = tape
        self._conversation = conversation
        self._asked: Counter[str] = Counter()

    async def call(self, request: Entry, make: Callable[[], Awaitable[Entry]]) -> Entry:
        """What `make` returned for `request`, now or when it was recorded; `seconds` in it is how long that took.

        Raises the `ModelError` that it raised, then or now; `RunError` where a recording that is replayed has no
        answer, `StoreError` where the tape cannot be written.
        """
        tape = self._tape
        if tape is None:
            began = time.perf_counter()
            entry = await make()
            return {**entry, "seconds": time.perf_counter() - began}
        asked = key_of(request)
        self._asked[asked] += 1
        key = key_of(*self._conversation, asked, self._asked[asked])
        known = tape.get(key)
        if known is not None:
            _raise_again(known)
            return known
        if tape.mode == "replay":
            raise RunError(_MISSING)
        return await self._record(tape, key, make)

    async def _record(self, tape: Tape, key: str, make: Callable[[], Awaitable[Entry]]) -> Entry:
        began = time.perf_counter()

        def keep(entry: Entry) -> Entry:
            case, trial = self._conversation
            entry = {"case": case, "trial": trial, **entry, "seconds": round(time.perf_counter() - began, 3)}
            if not tape.closing:
                tape.put(key, entry)
            return entry

        try:
            answer = await make()
        except ModelError as error:
            failed: Entry = {"error": type(error).__name__, "text": str(error)}
            if isinstance(error, ModelRejected):
                failed["of_this_request"] = error.of_this_request
            keep({**failed, "passing": not isinstance(error, ModelAnswerInvalid)})
            raise
        except asyncio.CancelledError:
            keep({"error": "ModelUnavailable", "text": TOO_LATE, "passing": True})
            raise
        return keep(answer)


def _raise_again(entry: Entry) -> None:
    match entry.get("error"):
        case None:
            return
        case "ModelAnswerInvalid":
            raise ModelAnswerInvalid(entry["text"])
        case "ModelRejected":
            raise ModelRejected(entry["text"], of_this_request=entry["of_this_request"])
    raise ModelUnavailable(entry["text"])
