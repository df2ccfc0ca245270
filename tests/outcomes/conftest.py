from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.appliance import Clock, Running, running_appliance
from tests.targets.beyondtrust.setting import use

from .setting import catalogue_file, host_of


@pytest.fixture
def clock() -> Clock:
    return Clock(1_795_600_000.0)  # 2026-11-25


@pytest.fixture
def appliance(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Running]:
    """A stand-in over TLS whose clock is moved by hand; its credentials are in the environment."""
    with running_appliance(clock=clock) as running:
        use(running, monkeypatch)
        yield running


@pytest.fixture
def queues(appliance: Running, tmp_path: Path) -> Path:
    """A catalogue for it."""
    return catalogue_file(tmp_path, host_of(appliance))
