"""How far a run is: a live line at a terminal, else a line now and then."""

import sys
import time
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent.cli.terminal import is_terminal, wants_colour
from evals.result import Result

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class RunProgress:
    """Shows a run of `total` conversations on standard error while it is entered."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = self._before = self._right = self._routed = 0
        self._told = time.monotonic()
        self._began = self._told
        self._bar: Progress | None = None
        self.error: str | None = None
        """What the last conversation that broke off did so for."""
        if is_terminal(sys.stderr):
            console = Console(stderr=True, color_system="auto" if wants_colour() else None)
            self._bar = Progress(
                TextColumn("Playing"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[accuracy]}"),
                TimeRemainingColumn(),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task("", total=total, accuracy="")

    def resumed(self, result: Result) -> None:
        """A conversation that was over before."""
        self._note(result)
        self._before += 1
        if self._bar:
            self._bar.reset(self._task, total=self._total, completed=self._done, accuracy=self._accuracy())

    def played(self, result: Result) -> None:
        """One more conversation is over."""
        self._note(result)
        if self._bar:
            self._bar.update(self._task, completed=self._done, accuracy=self._accuracy())
        elif time.monotonic() - self._told >= EVERY:
            self._told = time.monotonic()
            each = (self._told - self._began) / (self._done - self._before)
            left = each * (self._total - self._done)
            text = f"{self._done:,} of {self._total:,} played, {self._accuracy()}, about {left:.0f} s left"
            click.echo(text, err=True)

    def _note(self, result: Result) -> None:
        self._done += 1
        self.error = result.error or self.error
        if result.routed is not None:
            self._routed += 1
            self._right += result.routed

    def _accuracy(self) -> str:
        return f"accuracy {100 * self._right / self._routed:.1f} %" if self._routed else "accuracy –"

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
