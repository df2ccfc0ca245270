"""Nothing that anyone wrote may steer a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.terminal import printable

pieces = st.sampled_from(
    ["\x1b", "[", "]", "31m", "\x9b", "\x07", "\x1b\\", "8;;https://evil.example", "\r", "\u202e"]
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ünïcode 👩‍💻 שלום\n\ttab", "plain, ünïcode 👩‍💻 שלום\n\ttab"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]52;c;cm0gLXJm\x07paste", "paste"),
        ("\x1bPq#0;2;0;0;0\x1b\\sixel", "sixel"),
        ("\x1bcreset", "reset"),
        ("\x1b(0lines", "lines"),
        ("ring\x07 back\x08 over\rwritten", "ring back overwritten"),
        ("windows\r\nline", "windows\nline"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("seen\U000e0041\U000e0131", "seen"),
        ("\x1b", ""),
        ("\x1b]never ended", "]never ended"),
        ("half \ud83d a pair", "half  a pair"),
        ("[bold]not markup[/bold] :smile:", "[bold]not markup[/bold] :smile:"),
    ],
)
def test_takes_out_what_steers_and_leaves_what_is_read(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.lists(pieces | st.text(max_size=5)).map("".join))
def test_leaves_no_control_character_however_they_are_put_together(text: str) -> None:
    left = set(printable(text)) - {"\n", "\t"}
    assert not {c for c in left if unicodedata.category(c) in {"Cc", "Cs"} or c == "\u202e"}
    assert printable(printable(text)) == printable(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_leaves_ordinary_text_alone(text: str) -> None:
    assert printable(text) == text
