from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.catalogue.schema import Catalogue
from tests.support import small

if TYPE_CHECKING:
    from tests.telemetry.watching import Watched


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small.catalogue(tmp_path)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Watched]":
    """Loaded only here, so that the other tests of this process run as most hosts do: without."""
    from tests.telemetry.watching import watching

    with watching(monkeypatch) as found:
        yield found
