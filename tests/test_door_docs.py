"""The examples of the pages on renderers, Slack and Teams, and of the viewer at Moveworks, do what stands there."""

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("page", ["renderers", "slack", "teams", "moveworks"])
def test_the_examples(page: str) -> None:
    done = doctest.testfile(
        str(DOCS / f"{page}.md"), module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8"
    )
    assert done.attempted >= 5
    assert done.failed == 0
