import gc
import importlib
import socket
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import User
from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from agent.catalogue.view import Views
from tests.support import small
from tests.support.appliance import Running, running_appliance
from tests.targets.beyondtrust.setting import use


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small.catalogue(tmp_path)


@pytest.fixture
def appliance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A stand-in over TLS, whose credentials are in the environment."""
    with running_appliance() as running:
        use(running, monkeypatch)
        yield running


@pytest.fixture(autouse=True)
def invalid_names_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever resolver this machine has, or has not: it is not asked for names under .invalid."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *options: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *options, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="session", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the first turn of a process loads, so that no turn here is slow by that."""
    importlib.import_module("openai")
    folder = tmp_path_factory.mktemp("warm")
    small.catalogue(folder)
    Views(load(folder / "queues.yaml")).of(User()).search("a database")


@pytest.fixture(scope="module")
def collected() -> Iterator[None]:
    """A handshake that breaks off leaves its socket to the collector: it is to come before other modules' tests."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
