"""A person's lines: prompt, arrow keys, history, and a line that is filled in already."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Self, TextIO

import click

from agent.cli.terminal import printable

readline: ModuleType | None
try:
    import readline
except ImportError:  # Windows
    readline = None

HISTORY_LINES = 1000


def history_file() -> Path:
    """Where the lines are kept: below `XDG_STATE_HOME`, else `~/.local/state`."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "handoff" / "history"


class Keyboard:
    """Reads lines with readline where there is one; a history that cannot be kept is no error."""

    def __init__(self, display: TextIO) -> None:
        self._display = display
        # Readline writes to standard output; where the display is another stream, it has to do without.
        self._readline = readline if display is sys.stdout else None

    def __enter__(self) -> Self:
        if self._readline:
            with suppress(OSError):
                self._readline.read_history_file(history_file())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._readline:
            path = history_file()
            with suppress(OSError):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.touch(mode=0o600)
                self._readline.set_history_length(HISTORY_LINES)
                self._readline.write_history_file(path)

    def ask(self, prompt: str, filled_in: str = "") -> str:
        """One line. Raises `EOFError` at the end of input and `KeyboardInterrupt` on Ctrl-C."""
        filled_in = " ".join(printable(filled_in).split())
        editor = self._readline
        if editor is None:
            click.echo(f"({filled_in})\n{prompt}" if filled_in else prompt, file=self._display, nl=False)
            return input()
        if filled_in:
            editor.set_startup_hook(lambda: editor.insert_text(filled_in))
        try:
            return input(prompt)
        finally:
            editor.set_startup_hook(None)
