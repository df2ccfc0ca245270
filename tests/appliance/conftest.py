"""A stand-in for each test, on a clock that stands still."""

from collections.abc import Iterator

import pytest

from tests.support.appliance import Clock, Running, running_appliance


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def appliance(clock: Clock) -> Iterator[Running]:
    with running_appliance(clock=clock) as running:
        yield running
