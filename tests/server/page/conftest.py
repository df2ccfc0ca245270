from collections.abc import Iterator

import pytest

from tests.support.browser import browser

from .intranet import Intranet, another_site

__all__ = ["browser"]


@pytest.fixture
def intranet() -> Iterator[Intranet]:
    """A site of its own."""
    with another_site() as site:
        yield site
