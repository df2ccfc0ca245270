"""Events as lines, for pipes and files: plain text, or JSON. No colours, no cursor movements."""

from typing import Protocol, TextIO

from agent.cli.terminal import printable
from agent.records.events import Event
from agent.renderers.layout import step_text
from agent.renderers.plain import button_text


class Screen(Protocol):
    """Where the events of a conversation are shown."""

    def show(self, event: Event) -> None:
        """Show one event."""
        ...

    def note(self, text: str) -> None:
        """Show something that the terminal itself has to say."""
        ...


class PlainScreen:
    """Text as it is, a line per step, one line with all buttons, and an empty line after each turn."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, event: Event) -> None:
        """Show one event."""
        match event.type:
            case "step" if event.status != "pending":
                self.note(step_text(event))
            case "text":
                self.note(event.text)
            case "buttons":
                self.note("  ".join(map(button_text, event.buttons)))
            case "handoff":
                self.note(event.url)
            case "error":
                self.note(f"Error: {event.message}")
            case "turn_end":
                self.note("")

    def note(self, text: str) -> None:
        """Print `text`, free of control characters."""
        print(printable(text), file=self._stream, flush=True)


class JsonScreen:
    """One event per line, as documented in `agent.records.events`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, event: Event) -> None:
        """Print the event as JSON."""
        print(event.model_dump_json(exclude_none=True), file=self._stream, flush=True)

    def note(self, text: str) -> None:
        """Print nothing: there is no event for it."""
