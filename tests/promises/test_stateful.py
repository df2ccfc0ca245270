"""Any decisions, any actions, any words, in any order: every promise holds after every step."""

import pytest

from .machine import Promises
from .size import play


@pytest.mark.timeout(0)  # the long form takes as long as it takes
def test_every_promise_holds() -> None:
    play(Promises, "boundary", 0.4)
