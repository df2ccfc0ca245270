from pathlib import Path

import pytest

from agent.catalogue.schema import Catalogue
from tests.support import small


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small.catalogue(tmp_path)
