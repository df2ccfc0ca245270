"""Clocks that jump, between turns and within one: no crash, and no yes is lost but for being asked again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import Chat, Reply
from agent.catalogue.schema import Catalogue
from agent.models.embedded import EmbeddedModel
from agent.stores.memory import MemoryStore
from tests.faults.people import ADA, WORDS, said
from tests.support import small
from tests.support.appliance import Running
from tests.targets.beyondtrust.setting import agent_on, host_of
from tests.targets.beyondtrust.setting import catalogue as appliance_catalogue

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUMMER, WINTER = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)  # in Berlin
JUMPS = st.one_of(
    st.timedeltas(-400 * DAY, 400 * DAY),
    st.sampled_from([timedelta(), -HOUR, HOUR, -DAY, DAY, timedelta(microseconds=-1)]),
)


class Jumping:
    """A clock that jumps each time it is looked at."""

    def __init__(self, now: datetime, jumps: list[timedelta]) -> None:
        self._now, self._jumps = now, self._endless(jumps)

    @staticmethod
    def _endless(jumps: list[timedelta]) -> Iterator[timedelta]:
        while True:
            yield from jumps

    def __call__(self) -> datetime:
        jumped = self._now + next(self._jumps)
        if datetime(2000, 1, 1, tzinfo=UTC) < jumped < datetime(2100, 1, 1, tzinfo=UTC):
            self._now = jumped
        return self._now


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return small.catalogue(tmp_path_factory.mktemp("clock"))


async def until_handed_off(chat: Chat) -> Reply:
    """Press *Start agent chat* as often as it is asked for again, or what stands there instead."""
    for _ in range(8):
        reply = await chat.press("start")
        assert reply.buttons
        if reply.handoff:
            return reply
        if reply.proposal is None:  # everything is closed now; the default is always there
            await chat.press("choose", queue_id=small.DESK)
    raise AssertionError("asked again and again")


@settings(max_examples=60, deadline=None)
@given(
    start=st.sampled_from([small.OPEN, small.CLOSED, SUMMER, WINTER]),
    jumps=st.lists(JUMPS, min_size=1, max_size=8),
)
async def test_a_clock_that_jumps_all_the_time(
    fixed: Catalogue, start: datetime, jumps: list[timedelta]
) -> None:
    agent = small.agent_over(fixed, EmbeddedModel(), now=Jumping(start, jumps), store=MemoryStore())
    chat = agent.start(ADA)
    for text in ("hello", WORDS):
        reply = await chat.send(text)
        assert reply.buttons
    # A queue that opens and closes at every look asks again and again; the one without hours does not.
    await chat.press("choose", queue_id=small.DESK)
    started = await until_handed_off(chat)
    assert (await chat.press("start")).handoff == started.handoff
    assert len(chat.conversation.handoffs) == 1
    assert said(chat) == ["hello", WORDS]
    assert agent.resume(chat.dump()).conversation == chat.conversation


class Moved:
    """A clock that a test moves."""

    now = small.OPEN

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize("jump", [-400 * DAY, -DAY, -HOUR, HOUR, DAY, 400 * DAY])
async def test_between_the_proposal_and_the_yes(catalogue: Catalogue, jump: timedelta) -> None:
    clock = Moved()
    chat = small.agent_over(catalogue, EmbeddedModel(), now=clock).start(ADA)
    shown = await chat.send(WORDS)
    assert shown.proposal
    clock.now += jump
    reply = await chat.press("start")
    assert reply.handoff or reply.proposal or reply.buttons
    if reply.handoff:
        assert reply.handoff.queue_id == shown.proposal.queue_id
    else:  # closed at that moment: asked again, for another queue
        assert reply.proposal
        assert reply.proposal.id != shown.proposal.id
        assert reply.proposal.summary == shown.proposal.summary
        assert (await chat.press("start")).handoff


@pytest.mark.parametrize("jump", [-400 * DAY, -HOUR, timedelta(minutes=1), DAY, 400 * DAY])
async def test_after_a_session_key_was_given_out(appliance: Running, tmp_path: Path, jump: timedelta) -> None:
    clock = Moved()
    agent = agent_on(appliance_catalogue(tmp_path, host_of(appliance)), now=clock)
    chat = agent.start(ADA)
    await chat.send(WORDS)
    started = await chat.press("start")
    assert started.handoff
    clock.now += jump
    again = await chat.press("start")
    if jump < HOUR:  # as far as this clock knows it is still good
        assert again.handoff == started.handoff
        assert len(appliance.keys.all) == 1
    else:
        assert again.handoff is None
        assert again.proposal
        assert (await until_handed_off(chat)).handoff != started.handoff
        assert len(appliance.keys.all) == 2
    await agent.close()
