"""Makes docs/repl.svg, the README's picture, from a real run: `.venv/bin/python docs/make_picture.py`.

`handoff chat` runs in a pseudo-terminal with the embedded model, and somebody types the seed's conversation.
"""  # noqa: INP001 — a script

import io
import os
import re
import sys
import tempfile
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text

TYPED = [
    "I'd like to speak to a live agent",
    "I'm running into a strange issue with a SQL database that I'm using.",
    "1",
]
COLUMNS = 100
PICTURE = Path(__file__).with_name("repl.svg")


def run() -> str:
    """What the terminal was sent."""
    shown = io.StringIO()
    with tempfile.TemporaryDirectory() as home:
        chat = pexpect.spawn(
            sys.executable,
            ["-m", "agent.cli.main", "chat", "--model", "embedded"],
            env={"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
            encoding="utf-8",
            dimensions=(50, COLUMNS),
        )
        chat.logfile_read = shown
        for line in TYPED:
            chat.expect_exact("you> ")
            chat.sendline(line)
        chat.expect_exact("you> ")
        chat.sendeof()
        chat.expect(pexpect.EOF)
        chat.close()
    return shown.getvalue()


def settled(sent: str) -> str:
    """What stands on the screen in the end, with its colours."""
    lines: list[str] = []
    for line in sent.replace("\r\n", "\n").split("\n"):
        if "\x1b[1A\x1b[2K" in line:  # the spinner's line goes away
            lines.pop()
        lines.append(line.rpartition("\x1b[2K")[2])
    without_modes = re.sub(r"\x1b\[\?\d+[hl]|\r", "", "\n".join(lines))
    return without_modes.rstrip().removesuffix("you>").rstrip()


def picture(ansi: str) -> str:
    """An SVG without any address in it to load a font from."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi("$ handoff chat\n" + ansi))
    svg = console.export_svg(title="handoff chat", unique_id="repl")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    PICTURE.write_text(picture(settled(run())), encoding="utf-8")
