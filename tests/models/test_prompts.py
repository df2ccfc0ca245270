import re
from importlib.resources import files

import pytest

import prompts
from prompts import PromptError, line, prompt


def test_fills_placeholders_once() -> None:
    filled = prompt("listed", queues="{queues} {other}")
    assert "{queues} {other}" in filled


@pytest.mark.parametrize("values", [{}, {"queues": "a", "more": "b"}, {"queue": "a"}])
def test_values_and_placeholders_have_to_be_the_same(values: dict[str, str]) -> None:
    with pytest.raises(PromptError, match="listed takes"):
        prompt("listed", **values)


def test_unknown_names_are_errors() -> None:
    with pytest.raises(PromptError, match="no prompts/nothing"):
        prompt("nothing")
    with pytest.raises(PromptError, match="no line 'nothing'"):
        line("state", "nothing")
    with pytest.raises(PromptError, match=r"rules\.txt:2"):
        line("rules", "anything")


def test_every_line_and_file_is_used() -> None:
    """A prompt that no code names is dead text."""
    code = "".join(
        path.read_text("utf-8")
        for folder in ("agent", "evals")
        for path in (_ROOT / folder).rglob("*.py")
        if (_ROOT / folder).is_dir()
    )
    of_lines = {"corrections", "function_tool", "mcp", "queue", "refused", "state", "tools"}
    for file in _ROOT.joinpath("prompts").glob("*.txt"):
        if file.stem in of_lines:
            for key in prompts._lines(file.stem):
                assert re.search(rf'"{re.escape(key)}"', code) or "." in key, f"{file.name}: {key}"
        elif not file.stem.endswith("_rules"):
            assert f'"{file.stem}"' in code, file.name


_ROOT = files("prompts").joinpath("..").resolve()  # type: ignore[attr-defined]
