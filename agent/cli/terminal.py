"""What may be written to a terminal."""

import io
import os
import re
import sys
import unicodedata
from typing import TYPE_CHECKING, TextIO

from agent.language.clean import DECEIVING

if TYPE_CHECKING:
    from rich.console import Console

# Escape sequences as a whole: CSI, the string kinds with their terminator, and the short ones.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[]P^_X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-Z\\^-~]"
)


def printable(text: str) -> str:
    r"""`text` as it may be printed: no escape sequence and no control character but ``\n`` and ``\t``.

    Everything that a person, a model or a catalogue wrote goes through this before it reaches a terminal;
    otherwise it could move the cursor, rewrite what stands above, or answer in the person's name.
    """
    text = _SEQUENCE.sub("", text.replace("\r\n", "\n"))
    return "".join(c for c in text if c in "\n\t" or not _is_control(c))


def _is_control(character: str) -> bool:
    return character in DECEIVING or unicodedata.category(character) in {"Cc", "Cs"}


def is_terminal(stream: TextIO) -> bool:
    """Whether a person reads or writes at the other end."""
    return not stream.closed and stream.isatty()


def wants_colour() -> bool:
    """Whether escape codes for colour and links may be written to a terminal (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def console(stream: TextIO, width: int) -> "Console":
    """For tables and plain text on `stream`; `width` characters where there is no terminal that says how wide it is."""
    from rich.console import Console

    return Console(
        file=stream,
        color_system="auto" if wants_colour() else None,
        width=None if is_terminal(stream) else width,
        highlight=False,
        markup=False,
        emoji=False,
    )


def write_what_can_be_written() -> None:
    """A terminal that knows no ✓, or input that is no UTF-8, must not end a program."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
