"""The circuit breaker: a dead model costs a few people the full wait, and comes back by itself."""

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import Answer, Briefing, HandoffAgent, Limits, User
from agent.errors import HandoffError, ModelAnswerInvalid, ModelRejected, ModelUnavailable
from agent.models.base import ScriptError
from agent.models.breaker import FAILURES, LONGEST_PAUSE, PAUSE, Breaker, LeftAlone
from agent.models.embedded import EmbeddedModel
from agent.models.scripted import ScriptedModel, Step
from agent.records.decision import SelectQueue
from tests.models.briefings import briefing
from tests.support import small
from tests.support.appliance import Clock

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")
DOWN = ModelUnavailable("down")


class Breaking:
    """A breaker over a script, and a clock that is moved."""

    def __init__(self, *steps: Step) -> None:
        self.model, self.clock = ScriptedModel(steps), Clock()
        self.breaker = Breaker(self.model, clock=self.clock)

    async def calls(self, number: int = 1) -> list[str]:
        """What came of so many calls: the kind of the decision, or the error's name."""
        return [await self._call() for _ in range(number)]

    async def _call(self) -> str:
        try:
            return (await self.breaker.decide(briefing())).decision.kind
        except (HandoffError, OSError, ScriptError, asyncio.CancelledError) as error:
            return type(error).__name__

    @property
    def asked(self) -> int:
        return len(self.model.briefings)


OPENS = [DOWN] * FAILURES


@pytest.mark.parametrize(
    "error", [DOWN, ModelRejected("bad key"), ConnectionError(), asyncio.CancelledError()]
)
async def test_it_opens_after_failures_in_a_row(error: BaseException) -> None:
    def fail(_: Briefing) -> SelectQueue:
        raise error

    one = Breaking(*[fail] * FAILURES)
    assert await one.calls(FAILURES) == [type(error).__name__] * FAILURES
    assert await one.calls(5) == ["LeftAlone"] * 5
    assert one.asked == FAILURES


@pytest.mark.parametrize(
    "answer", [SQL, ModelAnswerInvalid("no sense"), ModelRejected("long", of_this_request=True)]
)
async def test_any_answer_begins_the_count_again(answer: Step) -> None:
    one = Breaking(*OPENS[1:], answer, *OPENS[1:], answer)
    await one.calls(2 * FAILURES)
    assert one.asked == 2 * FAILURES
    await one.breaker.close()


async def test_a_script_that_ends_is_no_failure() -> None:
    one = Breaking()
    assert await one.calls(FAILURES + 2) == ["ScriptError"] * (FAILURES + 2)
    with pytest.raises(ScriptError):
        await one.breaker.decide(briefing())


async def test_one_try_after_each_pause_and_the_pause_grows() -> None:
    one = Breaking(*OPENS, *[DOWN] * 6, SQL, SQL)
    await one.calls(FAILURES)
    pause = PAUSE
    for _ in range(6):
        one.clock.pass_(pause - 0.1)
        assert await one.calls() == ["LeftAlone"]
        one.clock.pass_(0.1)
        assert await one.calls(2) == ["ModelUnavailable", "LeftAlone"]
        pause = min(LONGEST_PAUSE, 2 * pause)
    assert pause == LONGEST_PAUSE
    one.clock.pass_(pause)
    assert await one.calls(2) == ["select_queue"] * 2
    await one.breaker.close()


class Hanging:
    """Answers when it is let."""

    name = "hanging"

    def __init__(self) -> None:
        self.let: list[asyncio.Future[Answer]] = []

    async def decide(self, _: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        self.let.append(asyncio.get_running_loop().create_future())
        return await self.let[-1]

    async def close(self) -> None:
        pass


async def hanging(calls: int) -> tuple[Hanging, Clock, Breaker, list[asyncio.Task[Answer]]]:
    model, clock = Hanging(), Clock()
    breaker = Breaker(model, clock=clock)
    tasks = [asyncio.create_task(breaker.decide(briefing())) for _ in range(calls)]
    await asyncio.sleep(0)
    return model, clock, breaker, tasks


async def test_while_one_tries_the_others_fail_at_once() -> None:
    model, clock, breaker, tasks = await hanging(FAILURES)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    clock.pass_(PAUSE)
    trying = asyncio.create_task(breaker.decide(briefing()))
    await asyncio.sleep(0)
    for seconds in (0.0, LONGEST_PAUSE - 1):
        clock.pass_(seconds)
        with pytest.raises(LeftAlone):
            await breaker.decide(briefing())
    model.let[-1].set_result(Answer(decision=SQL))
    assert (await trying).decision == SQL
    again = asyncio.create_task(breaker.decide(briefing()))
    await asyncio.sleep(0)
    model.let[-1].set_result(Answer(decision=SQL))
    assert (await again).decision == SQL


async def test_a_try_that_never_comes_back_holds_nobody_up_for_ever() -> None:
    model, clock, breaker, tasks = await hanging(FAILURES)
    for call in model.let:
        call.set_exception(DOWN)
    await asyncio.gather(*tasks, return_exceptions=True)
    clock.pass_(PAUSE)
    lost = asyncio.create_task(breaker.decide(briefing()))
    await asyncio.sleep(0)
    clock.pass_(LONGEST_PAUSE)
    trying = asyncio.create_task(breaker.decide(briefing()))
    await asyncio.sleep(0)
    lost.cancel()  # an older try that fails now says nothing about the newer one
    await asyncio.gather(lost, return_exceptions=True)
    model.let[-1].set_result(Answer(decision=SQL))
    assert (await trying).decision == SQL


async def test_calls_from_before_it_opened_do_not_make_the_pause_longer() -> None:
    model, clock, breaker, tasks = await hanging(FAILURES + 20)
    for call in model.let:
        call.set_exception(DOWN)
    await asyncio.gather(*tasks, return_exceptions=True)
    clock.pass_(PAUSE)
    trying = asyncio.create_task(breaker.decide(briefing()))
    await asyncio.sleep(0)
    assert len(model.let) == FAILURES + 21
    model.let[-1].set_result(Answer(decision=SQL))
    await trying


def test_threads_share_it_and_one_of_them_tries() -> None:
    one = Breaking(*OPENS, DOWN)
    asyncio.run(one.calls(FAILURES))
    one.clock.pass_(PAUSE)
    came: list[str] = []
    threads = [threading.Thread(target=lambda: came.extend(asyncio.run(one.calls()))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["LeftAlone"] * 19 + ["ModelUnavailable"]


async def test_the_operator_is_told_once_when_it_opens_and_once_when_it_closes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = Breaking(*OPENS, DOWN, SQL)
    await one.calls(FAILURES + 3)
    one.clock.pass_(PAUSE)
    await one.calls(3)
    one.clock.pass_(2 * PAUSE)
    await one.calls()
    assert [record.getMessage() for record in caplog.records] == [
        "model scripted did not answer 3 times in a row: replies are made without it until it answers again",
        "model scripted answers again",
    ]


async def test_ten_people_and_a_model_that_hangs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whose model it is does not matter; everybody has a proposal, and most have it at once."""
    small.catalogue(tmp_path)
    model = Hanging()
    agent = HandoffAgent.from_file(tmp_path / "queues.yaml", model=model, limits=Limits(seconds=0.2))
    agent._runtime.desk().views.of(User()).make_ready()  # which takes a while in a new process
    caplog.set_level(logging.INFO)
    for _ in range(10):
        reply = await agent.start().send("my SQL database has the secret word rosebud")
        assert reply.proposal
        assert reply.proposal.wanted == small.DATABASE
    assert len(model.let) == FAILURES
    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == FAILURES + 1  # each that failed, and once that it is left alone
    assert "rosebud" not in caplog.text
    asked = await agent.start().send("I'd like to speak to a live agent")
    assert [button.action for button in asked.buttons] == ["skip"]


def test_the_embedded_model_has_none(tmp_path: Path) -> None:
    small.catalogue(tmp_path)
    for model in ("embedded", EmbeddedModel()):
        agent = HandoffAgent.from_file(tmp_path / "queues.yaml", model=model)
        assert isinstance(agent._runtime.model, EmbeddedModel)
