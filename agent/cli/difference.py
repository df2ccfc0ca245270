"""What would change in a file, before it does."""

import difflib
from pathlib import Path

import click

from agent.cli.terminal import printable, wants_colour

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def show_difference(path: Path, old: bytes | None, new: bytes) -> None:
    """Print the lines that differ, between empty lines; `old` is None for a new file."""
    before, after = ((content or b"").decode("utf-8-sig").splitlines() for content in (old, new))
    origin = "/dev/null" if old is None else str(path)
    click.echo()
    for line in difflib.unified_diff(before, after, origin, f"{path} (proposed)", n=1, lineterm=""):
        colour = _COLOURS.get(line[0])
        click.secho(
            printable(line), fg=colour, dim=None if colour else True, color=None if wants_colour() else False
        )
    click.echo()
