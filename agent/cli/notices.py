"""Messages to whoever runs the program: on standard error, short, each once."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from agent.cli.terminal import is_terminal, printable
from agent.logs import JsonFormatter
from agent.settings import log_format


def tell_operator(text: str, stream: TextIO | None = None) -> None:
    """Print one line on `stream`, else on standard error."""
    click.echo(f"handoff: {' '.join(printable(text).split())}", file=stream or sys.stderr)


class _Once(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told: set[str] = set()
        # While a spinner turns, rich stands in for standard error; in a log file its place would be wrong.
        self._stream = None if is_terminal(sys.stderr) else sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        # The message only: a traceback is for log files, not for a terminal.
        message = record.getMessage()
        if message not in self._told:
            self._told.add(message)
            tell_operator(message, self._stream)


@contextmanager
def warnings_on_stderr() -> Iterator[None]:
    """While this holds, what the package logs as a warning or worse reaches the operator.

    With HANDOFF_LOG=json, every event does, as JSON. Raises `SettingsError` where that is set to anything else.
    """
    logger, handler = logging.getLogger("agent"), _handler()
    level = logger.level
    logger.addHandler(handler)
    if handler.level == logging.INFO:
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _handler() -> logging.Handler:
    if log_format(os.environ) == "warnings":
        return _Once()
    handler = logging.StreamHandler()
    handler.setLevel(logging.INFO)
    handler.setFormatter(JsonFormatter())
    return handler
