"""A model that does whatever it is told to: answers, announces, raises, hangs, and meddles with what it is given."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from agent import Answer, Briefing
from agent.records.base import Record
from tests.promises.size import counted


@dataclass(frozen=True)
class Move:
    """One answer. `answer` is a decision, something to raise, or any object that is handed in as it is.

    `announced` is what it calls `started` with. `hangs`: it never answers by itself; `deaf`: not even when it is
    cancelled, the first time. `meddles`: it changes whatever it can reach.
    """

    answer: Any
    announced: tuple[Any, ...] = ()
    hangs: bool = False
    deaf: bool = False
    meddles: bool = False


class Puppet:
    """A `ChatModel` that makes one of `moves` for each call, the last one again and again."""

    name = "puppet"

    def __init__(self) -> None:
        self.moves: list[Move] = []
        self.briefings: list[Briefing] = []
        self._late: Callable[[str], None] | None = None

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        counted["boundary"] += 1
        self.briefings.append(briefing)
        move = self.moves.pop(0) if len(self.moves) > 1 else self.moves[0]
        for kind in move.announced:
            if started:
                started(kind)
            if self._late:  # of a turn that is over
                self._late(kind)
        self._late = started
        if move.meddles:
            _meddle(briefing)
        if move.hangs:
            await _hang(times=2 if move.deaf else 1)
        if isinstance(move.answer, BaseException):
            raise type(move.answer)(*move.answer.args)
        if isinstance(move.answer, type) and issubclass(move.answer, BaseException):
            raise move.answer
        if isinstance(move.answer, Record):
            return Answer(decision=move.answer)  # type: ignore[arg-type]  # any record at all
        return move.answer  # type: ignore[no-any-return]  # that is the point

    async def close(self) -> None:
        pass


async def _hang(times: int) -> None:
    while times:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            times -= 1
            if not times:
                raise


def _meddle(briefing: Briefing) -> None:
    """Change what it was handed in, wherever Python lets it."""
    proposals = [m.reply.proposal for m in briefing.messages if m.role == "assistant" and m.reply.proposal]
    for proposal in filter(None, [*proposals, briefing.proposal]):
        with suppress(Exception):
            proposal.sends["queue_id"] = "https://evil.example.com/"
        with suppress(Exception):
            proposal.queue_id = "eu-payroll"  # type: ignore[misc]
    with suppress(Exception):
        briefing.view.by_id["nonsense"] = briefing.view.default  # type: ignore[index]
    with suppress(Exception):
        briefing.messages.clear()  # type: ignore[attr-defined]
    with suppress(Exception):
        briefing.questions_left = 99  # type: ignore[misc]
