"""What a line means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.lines import Command, Press, Say, parse
from agent.errors import InputError


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("my laptop is dead", Say("my laptop is dead")),
        ("  spaces  ", Say("spaces")),
        ("1", Say("1")),
        ("either/or", Say("either/or")),
        ("/start", Press("start")),
        ("/START ", Press("start")),
        ("/skip", Press("skip")),
        ("/other", Press("other")),
        ("/cancel", Press("cancel")),
        ("/edit", Press("edit")),
        ("/edit  the new  summary ", Press("edit", text="the new  summary")),
        ("/edit\tit is urgent", Press("edit", text="it is urgent")),
        ("/choose 71f1cbd2", Press("choose", queue_id="71f1cbd2")),
        ("/state", Command("state")),
        ("/help", Command("help")),
        ("/quit", Command("quit")),
    ],
)
def test_lines(line: str, entry: Say | Press | Command) -> None:
    assert parse(line) == entry


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("/", "/: no such action"),
        ("/strat", "/strat: no such action.*/start"),
        ("/etc/passwd is unreadable", "/etc/passwd: no such action"),
        ("/choose", "which queue"),
        ("/start now", "/start stands alone"),
        ("/quit please", "/quit stands alone"),
    ],
)
def test_an_action_that_is_none_sends_nothing(line: str, match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        parse(line)
    assert "Nothing was sent" in str(caught.value)


@given(st.text())
def test_a_line_is_something_or_a_clear_error(line: str) -> None:
    try:
        entry = parse(line)
    except InputError:
        assert line.strip().startswith("/")
    else:
        assert isinstance(entry, Say) != line.strip().startswith("/")
