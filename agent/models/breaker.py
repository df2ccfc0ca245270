"""A circuit breaker around a model: a dead one costs a few people the full wait, not everybody.

After `FAILURES` calls in a row without an answer it opens: for a pause every call fails at once, and the turn goes on
without the model. Then one call may try; its answer closes the breaker, its failure doubles the pause.
"""

import logging
import threading
import time
from collections.abc import Callable

from agent.catalogue.view import View
from agent.errors import ModelAnswerInvalid, ModelRejected, ModelUnavailable
from agent.models.base import Answer, Briefing, ChatModel, ScriptError, Searches, provider_of
from agent.telemetry.meters import measure

FAILURES = 3
"""Calls in a row without an answer, after which it opens."""
PAUSE, LONGEST_PAUSE = 5.0, 60.0
"""Seconds that it stays open at first, and at most."""

log = logging.getLogger("agent.models")


class LeftAlone(ModelUnavailable):
    """The model was not asked at all."""


class Breaker:
    """A `ChatModel` over `model`, for any number of event loops and threads; `clock` counts seconds, never back.

    An answer that is no decision, or a request that is refused for what it says, is an answer all the same: the
    server lives. A call that is cancelled has given none: that is how a turn's time limit ends one that hangs.
    """

    def __init__(self, model: ChatModel, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = 0.0  # 0 while it is closed
        self._until = 0.0  # nobody may try before that
        self._tries = 1  # numbers the tries, so that one that comes back late is known

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def provider(self) -> str:
        """Who serves the model."""
        return provider_of(self._model)

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        """The model's decision; raises `LeftAlone` at once while the breaker is open."""
        number = self._enter()
        try:
            answer = await self._model.decide(briefing, started)
        except ScriptError:
            raise
        except ModelAnswerInvalid:
            self._answered()
            raise
        except ModelRejected as error:
            if error.of_this_request:
                self._answered()
            else:
                self._failed(number)
            raise
        except BaseException:  # cancelled, too, and whatever somebody else's model raises
            self._failed(number)
            raise
        self._answered()
        return answer

    def searches(self, view: View) -> bool:
        """Whether the model needs the search of `view`."""
        return not isinstance(self._model, Searches) or self._model.searches(view)

    async def close(self) -> None:
        """Close the model."""
        with self._lock:
            was_open, self._failures, self._pause = bool(self._pause), 0, 0.0
        if was_open:
            self._count(-1)
        await self._model.close()

    def _enter(self) -> int:
        """The number of the try that this call is, 0 while the breaker is closed."""
        with self._lock:
            if not self._pause:
                return 0
            now = self._clock()
            if now < self._until:
                raise LeftAlone("it is left alone for a while, since it did not answer")
            # One at a time; should it never come back, another one may try after the longest pause.
            self._until = now + LONGEST_PAUSE
            self._tries += 1
            return self._tries

    def _failed(self, number: int) -> None:
        with self._lock:
            if number != (self._tries if self._pause else 0):
                return  # it began before the breaker opened, or another one has tried since
            self._failures += 1
            opens = not self._pause and self._failures >= FAILURES
            if opens or self._pause:
                self._pause = min(LONGEST_PAUSE, max(PAUSE, 2 * self._pause))
                self._until = self._clock() + self._pause
        if opens:
            self._count(1)
            log.error(
                "model %s did not answer %d times in a row: replies are made without it until it answers again",
                self.name,
                FAILURES,
            )

    def _answered(self) -> None:
        with self._lock:
            was_open, self._failures, self._pause = bool(self._pause), 0, 0.0
        if was_open:
            self._count(-1)
            log.warning("model %s answers again", self.name)

    def _count(self, more: int) -> None:
        measure("handoff.model.left_alone", more, {"gen_ai.request.model": self.name})
