"""Every store, fresh for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.stores.base import Store
from agent.stores.memory import MemoryStore
from agent.stores.sqlite import SQLiteStore


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "chats.db")
    yield made
    await made.close()
