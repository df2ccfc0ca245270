"""Events at a terminal: live steps, the proposal in a frame, numbered buttons, links to click."""

from typing import TextIO

from rich.console import Console
from rich.panel import Panel
from rich.status import Status
from rich.style import Style
from rich.text import Text

from agent.cli.terminal import printable, wants_colour
from agent.records.events import Event, ProposalEvent, StepEvent
from agent.records.reply import Button

MAX_WIDTH = 100  # columns; longer lines are hard to read
_BUTTON_STYLES = {"filled": "bold reverse", "outlined": "bold", "text": "dim"}


class RichScreen:
    """A terminal. `buttons` are under the newest reply, in the order of their numbers; `summary` was proposed last."""

    def __init__(self, stream: TextIO) -> None:
        # Without a colour system rich writes no styles and no links at all.
        self._console = Console(
            file=stream,
            color_system="auto" if wants_colour() else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._spinner: Status | None = None
        self._text = ""
        self.buttons: tuple[Button, ...] = ()
        self.summary = ""

    def wait(self) -> None:
        """Show that something is going on, until the next event."""
        self._spin("One moment …")

    def show(self, event: Event) -> None:
        """Show one event. Pieces of text are left out: the whole text comes right behind them."""
        self._stop_spinner()
        if event.type != "proposal":
            self._flush()
        match event.type:
            case "step":
                self._step(event)
            case "text":
                self.buttons = ()
                self._text = event.text  # until the next event says whether it is a proposal's
            case "proposal":
                self._propose(event)
            case "buttons":
                self.buttons = event.buttons
            case "handoff":
                self.link(event.url)
            case "error":
                self._print(_plain(event.message, "red"))
            case "turn_end":  # what can be done now stands last, also after an error
                if self.buttons:
                    self._print(_numbered(self.buttons, self._width))
                self._print(Text(""))

    def note(self, text: str) -> None:
        """Show something that the terminal itself has to say."""
        self._print(_plain(text, "dim"))

    def link(self, url: str) -> None:
        """Show an address, whole and on its own, so that it can be clicked or copied."""
        url = printable(url)
        self._console.print(Text.assemble("→ ", (url, Style(link=url, underline=True))), soft_wrap=True)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._stop_spinner()
        self._flush()

    def _step(self, step: StepEvent) -> None:
        if step.status == "pending":
            self._spin(step.text)
            return
        mark = ("✓ ", "green") if step.status == "success" else ("✗ ", "red")
        self._print(Text.assemble(mark, _plain(step.text, "dim")))

    def _propose(self, proposal: ProposalEvent) -> None:
        # The text says everything about the proposal; the frame makes sure that nobody overlooks it.
        self.summary = proposal.summary
        text, self._text = _plain(self._text), ""
        title = Text(printable(proposal.queue), "bold")
        self._print(Panel(text, title=title, title_align="left", border_style="cyan", padding=(1, 2)))

    def _flush(self) -> None:
        text, self._text = self._text, ""
        if text:
            self._print(_plain(text))

    def _spin(self, text: str) -> None:
        self._spinner = self._console.status(_plain(text))
        self._spinner.start()

    def _stop_spinner(self) -> None:
        if self._spinner:
            self._spinner.stop()
            self._spinner = None

    def _print(self, what: Text | Panel) -> None:
        self._console.print(what, width=self._width)

    @property
    def _width(self) -> int:
        return min(self._console.width, MAX_WIDTH)


def _plain(text: str, style: str = "") -> Text:
    # A Text is never read as markup.
    return Text(printable(text), style)


def _numbered(buttons: tuple[Button, ...], width: int) -> Text:
    """All buttons on one line, or each on its own where they do not fit: none is broken in two."""
    labels = [
        Text.assemble(f"[{number}] ", (printable(button.label), _BUTTON_STYLES[button.style]))
        for number, button in enumerate(buttons, 1)
    ]
    line = Text("  ").join(labels)
    return line if line.cell_len <= width else Text("\n").join(labels)
