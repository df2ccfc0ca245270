"""The cache of who is online: fresh or nothing, one look-up at a time, no failure and no delay for a turn."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.catalogue.schema import Queue
from agent.errors import StoreError, TargetError
from agent.targets import availability
from agent.targets.availability import WAIT, Availability, Online
from tests.support import small

QUEUE = Queue(id="db", name="Database")
KEEP = timedelta(seconds=60)


class World:
    """A clock, a number that changes, and how often it was looked up; `pause` is how long that takes."""

    def __init__(self) -> None:
        self.now = small.OPEN
        self.count = 0
        self.looked = 0
        self.pause = 0.0
        self.problem: Exception | None = None

    async def look_up(self) -> Online:
        self.looked += 1
        count = self.count
        await asyncio.sleep(self.pause)
        if self.problem:
            raise self.problem
        return lambda _: count

    def availability(self, look_up: Callable[[], Awaitable[Online]] | None = None) -> Availability:
        return Availability(look_up or self.look_up, keep=KEEP, clock=lambda: self.now)


@given(st.lists(st.tuples(st.integers(-200, 200), st.booleans(), st.booleans()), max_size=30))
def test_what_is_shown_was_true_within_the_time(steps: list[tuple[int, bool, bool]]) -> None:
    async def play() -> None:
        world = World()
        known = world.availability()
        looked_at, true_then = None, 0
        for seconds, changes, fails in steps:
            world.now += timedelta(seconds=seconds)
            world.count += changes
            world.problem = TargetError("no") if fails else None
            before = world.looked
            await known.refresh()
            fresh = looked_at is not None and timedelta() <= world.now - looked_at < KEEP
            assert world.looked - before == (not fresh)
            if world.looked > before:
                looked_at, true_then = world.now, -1 if fails else world.count
            assert known.online(QUEUE) == (None if true_then < 0 else true_then)

    logging.disable()
    try:
        asyncio.run(play())
    finally:
        logging.disable(logging.NOTSET)


async def test_a_slow_one_costs_nobody_more_than_its_wait_and_serves_the_next() -> None:
    world = World()
    world.pause = WAIT + 0.4
    known = world.availability()
    begin = time.monotonic()
    await asyncio.gather(*(known.refresh() for _ in range(50)))
    assert WAIT - 0.05 <= time.monotonic() - begin < WAIT + 0.3
    assert known.online(QUEUE) is None
    await known.refresh()  # its time is over already
    assert time.monotonic() - begin < WAIT + 0.3
    await asyncio.sleep(0.6)
    assert (known.online(QUEUE), world.looked) == (0, 1)


async def test_one_that_hangs_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(availability, "LONGEST", 0.1)
    world = World()
    world.pause = 60
    known = world.availability()
    await known.refresh()
    assert "no answer within 0.1 s" in caplog.text
    world.pause, world.count = 0, 3
    world.now += KEEP
    await known.refresh()
    assert known.online(QUEUE) == 3


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (TargetError("give it the right"), "nothing of it: give it the right"),
        (StoreError("the disk is full"), "nothing of it: the disk is full"),
        (ZeroDivisionError("Ada"), "nothing of it: failed with ZeroDivisionError"),
    ],
)
async def test_failures_are_told_once_in_a_while(
    problem: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    world.problem = problem
    known = world.availability()
    for _ in range(12):
        await known.refresh()
        assert known.online(QUEUE) is None
        world.now += KEEP
    assert world.looked == 12
    assert [said in record.getMessage() for record in caplog.records] == [True, True]
    assert "Ada" not in caplog.text


async def test_what_was_known_is_not_shown_longer_because_the_next_look_up_fails() -> None:
    world = World()
    known = world.availability()
    await known.refresh()
    assert known.online(QUEUE) == 0
    world.now += KEEP
    assert known.online(QUEUE) is None
    world.problem = TargetError("no")
    await known.refresh()
    assert known.online(QUEUE) is None


async def test_the_end_of_the_agent_ends_it() -> None:
    world = World()
    world.pause = 60
    known = world.availability()
    await known.refresh()
    await asyncio.wait_for(known.close(), 1)
    await known.close()
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_another_event_loop_neither_waits_nor_looks_twice() -> None:
    world = World()
    world.pause = WAIT / 2
    known = world.availability()
    mine = asyncio.ensure_future(known.refresh())
    await asyncio.sleep(0.05)
    took: list[float] = []

    def elsewhere() -> None:
        begin = time.monotonic()
        asyncio.run(known.refresh())
        took.append(time.monotonic() - begin)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert took[0] < WAIT / 4
    await mine
    assert (world.looked, known.online(QUEUE)) == (1, 0)


async def test_a_loop_that_was_left_behind_does_not_hold_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "LONGEST", 0.2)
    monkeypatch.setattr(availability, "WAIT", 0.05)
    world = World()
    world.pause = 60
    known = world.availability()
    left = asyncio.new_event_loop()
    await asyncio.to_thread(left.run_until_complete, known.refresh())  # it stands still from here on
    world.pause = 0
    world.now += KEEP
    await known.refresh()
    assert world.looked == 1
    await asyncio.sleep(0.2)
    await known.refresh()
    assert (world.looked, known.online(QUEUE)) == (2, 0)
    for task in asyncio.all_tasks(left):
        task.cancel()
    await asyncio.to_thread(left.run_until_complete, asyncio.sleep(0))
    left.close()
