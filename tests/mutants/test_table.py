"""The table of guards fits the source: what it takes out stands there, once, and is Python without it."""

import ast

import pytest

from .guard import ROOT, Guard
from .table import GUARDS


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.file}: {guard.says}")
def test_an_entry_fits(guard: Guard) -> None:
    assert guard.problem() is None
    text = (ROOT / guard.file).read_text(encoding="utf-8")
    ast.parse(text.replace(guard.source, guard.out))


def test_there_are_enough() -> None:
    assert len({(guard.file, guard.source, guard.out) for guard in GUARDS}) == len(GUARDS) >= 40
    assert {guard.promise for guard in GUARDS} == {1, 2, 3, 4, 5, 6, 7}
