"""20 requests a second and 15,000 an hour, whoever asks and in whatever order; availability yields to session keys."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.stores.base import Stored
from agent.stores.memory import MemoryStore
from agent.targets.beyondtrust.budget import LOW_PER_HOUR, PER_HOUR, Budget, Usage
from agent.targets.beyondtrust.problems import OverBudget
from agent.targets.beyondtrust.shared import Shared


class Time:
    """A clock that only goes on when everybody sleeps."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.now + seconds, woken))
        await woken.wait()

    async def run(self, *work: asyncio.Task[None]) -> None:
        while not all(task.done() for task in work):
            for _ in range(5):
                await asyncio.sleep(0)
            if self._sleepers:
                self._sleepers.sort(key=lambda sleeper: sleeper[0])
                at, woken = self._sleepers.pop(0)
                self.now = max(self.now, at)
                woken.set()
        for task in work:
            task.result()


def shared(store: MemoryStore) -> Shared[Usage]:
    return Shared(store, "budget", "support.example.com", "client", Usage())


def most_within(times: list[float], seconds: float) -> int:
    times = sorted(times)
    return max(sum(start <= time < start + seconds for time in times) for start in times)


def started(
    time: Time, budget: Budget, out: list[float], *, low: bool = False
) -> Callable[[], asyncio.Task[None]]:
    async def one() -> None:
        await budget.take(low=low)
        out.append(time.now)

    return lambda: asyncio.create_task(one())


async def test_a_hundred_at_once_keep_within_the_second() -> None:
    time, store, out = Time(), MemoryStore(), list[float]()
    budgets = [Budget(shared(store), clock=time, sleep=time.sleep) for _ in range(10)]
    await time.run(*(started(time, budgets[n % 10], out)() for n in range(100)))
    assert len(out) == 100
    assert most_within(out, 1.0) == 20
    assert 4.7 < max(out) - min(out) < 7  # and are not slower than they must be


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1.5)), min_size=1, max_size=60))
async def test_any_order_of_both_lanes(plan: list[tuple[bool, float]]) -> None:
    time, out = Time(), list[float]()
    budget = Budget(shared(MemoryStore()), clock=time, sleep=time.sleep)
    tasks = []
    for low, pause in plan:
        tasks.append(started(time, budget, out, low=low)())
        await asyncio.sleep(0)
        time.now += pause
    await time.run(*tasks)
    assert len(out) == len(plan)
    assert most_within(out, 1.0) <= 20


async def test_low_priority_leaves_room_for_session_keys() -> None:
    time, out = Time(), list[float]()
    budget = Budget(shared(MemoryStore()), clock=time, sleep=time.sleep)
    low = [started(time, budget, out, low=True)() for _ in range(30)]
    for _ in range(200):
        await asyncio.sleep(0)
    begin = time.now
    keys: list[float] = []
    await time.run(*(started(time, budget, keys)() for _ in range(10)))
    assert max(keys) - begin < 0.01  # none of them had to wait
    await time.run(*low)
    assert most_within(out + keys, 1.0) <= 20


@pytest.mark.parametrize(("low", "most"), [(False, PER_HOUR), (True, LOW_PER_HOUR)])
async def test_the_hour(low: bool, most: int) -> None:
    time, store = Time(), MemoryStore()
    minute = int(time.now // 60)
    usage = Usage(minutes={minute - 60: 5, minute - 30: most - 6})
    await store.save(shared(store)._id, usage.model_dump_json(), revision=1, expected=None)
    budget = Budget(shared(store), clock=time, sleep=time.sleep)
    await budget.take(low=low)
    with pytest.raises(OverBudget, match=r"15,000 requests of this hour"):
        await budget.take(low=low)
    if low:
        await budget.take()  # what is left is for session keys
    time.now += 31 * 60
    await budget.take(low=low)


async def test_what_the_appliance_says_counts() -> None:
    time = Time()
    budget = Budget(shared(MemoryStore()), clock=time, sleep=time.sleep)
    await budget.heard(15_000, 2_000)  # other programs have used the rest
    await budget.take()
    with pytest.raises(OverBudget):
        await budget.take(low=True)
    await budget.heard(15_000, 0)
    with pytest.raises(OverBudget):
        await budget.take()
    time.now += 61
    await budget.take(low=True)
    out: list[float] = []
    await budget.heard(20, 0)  # of this second
    begin = time.now
    await time.run(started(time, budget, out)())
    assert out[0] - begin == pytest.approx(1)


async def test_a_pause_is_no_longer_than_a_minute() -> None:
    time = Time()
    budget = Budget(shared(MemoryStore()), clock=time, sleep=time.sleep)
    await budget.hold(1e9)
    with pytest.raises(OverBudget):
        await budget.take()
    time.now += 61
    await budget.take()


@pytest.mark.parametrize("damaged", ["", "[]", "{", '{"starts": "x"}', '{"what": 1}'])
async def test_a_damaged_record_begins_anew(damaged: str) -> None:
    time, store = Time(), MemoryStore()
    await store.save(shared(store)._id, damaged, revision=7, expected=None)
    await Budget(shared(store), clock=time, sleep=time.sleep).take()
    kept = await store.load(shared(store)._id)
    assert kept
    assert kept == Stored(8, Usage().with_start(time.now).model_dump_json())
