"""Every store, fresh for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.stores.base import Store
from agent.stores.choose import choose_store
from tests.stores.places import SHARED, place_of


@pytest.fixture(params=["memory", *SHARED])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with place_of(request.param, tmp_path) as place:
        made = choose_store(place)
        yield made
        await made.close()


@pytest.fixture(params=SHARED)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """What several processes can share, as the text for `choose_store`."""
    async with place_of(request.param, tmp_path) as made:
        yield made
