from collections.abc import Iterator
from typing import Any

import pytest

from agent.targets.beyondtrust.transport import Answer, Transport
from tests.support.appliance import Running, running_appliance

from .setting import use


@pytest.fixture
def appliance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A stand-in over TLS, whose credentials are in the environment."""
    with running_appliance() as running:
        use(running, monkeypatch)
        yield running


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all requests that are sent, those to be lost too."""
    paths: list[str] = []
    send = Transport.send

    async def noted(self: Transport, method: str, path: str, **options: Any) -> Answer:
        paths.append(path)
        return await send(self, method, path, **options)

    monkeypatch.setattr(Transport, "send", noted)
    return paths
