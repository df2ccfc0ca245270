from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.appliance import Running, running_appliance
from tests.support.pulling import use


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "queues.yaml"


@pytest.fixture
def appliance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running_appliance() as running:
        use(running, monkeypatch)
        yield running
