from collections.abc import Iterator

import pytest

from tests.mcp.setting import catalogue, served


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without keys, one for all tests."""
    with served("--queues", catalogue(tmp_path_factory.mktemp("mcp")), "--name", "Ada") as url:
        yield url
