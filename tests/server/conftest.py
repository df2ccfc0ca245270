import os
from collections.abc import Iterator

import pytest

from .setting import Serving, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server without any key, for all tests of a file."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("HANDOFF_")]:
            patch.delenv(name)
        with serving(tmp_path_factory.mktemp("server")) as running:
            yield running
