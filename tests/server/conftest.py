from collections.abc import Iterator
from pathlib import Path

import pytest

from .setting import Serving, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    """A server without any key."""
    with serving(tmp_path) as running:
        yield running
