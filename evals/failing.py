"""Calls of the model that are made to fail: at random, and the same ones whenever the run is repeated."""

import random

from agent.errors import ModelAnswerInvalid, ModelRejected, ModelUnavailable


class Failing:
    """The failures of one conversation (its case and trial).

    `share`, between 0 and 1, of the calls fail, each in one of the ways in which a model can. The calls that fail
    at a small share fail at a larger one, too.
    """

    def __init__(self, share: float, conversation: tuple[str, int]) -> None:
        self._share = share
        self._random = random.Random(repr(conversation))  # noqa: S311 - to be the same again is the point

    def call(self) -> None:
        """One call: nothing, or what a model raises."""
        chance, way = self._random.random(), self._random.randrange(4)
        if chance >= self._share:
            return
        match way:
            case 0:
                raise ModelUnavailable("the model server is down (made to fail)")
            case 1:  # of one request: a key that is refused ends a run
                raise ModelRejected(
                    "the model server refuses the request (made to fail)", of_this_request=True
                )
            case 2:
                raise ModelAnswerInvalid("The answer was no decision (made to fail).")
            case _:
                raise TimeoutError("no answer in time (made to fail)")
