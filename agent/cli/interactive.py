"""A person at a terminal: prompts, numbered buttons, and commands to the terminal itself."""

from agent.cli.keyboard import Keyboard
from agent.cli.lines import HELP, Command, Press, Say, parse
from agent.cli.loop import Talk
from agent.cli.rich_screen import RichScreen
from agent.errors import InputError
from agent.records.reply import Button

DIGITS = 2  # a longer number is no button's; it may be a ticket's


def run_interactive(talk: Talk, screen: RichScreen, keyboard: Keyboard) -> None:
    """Ask a person at a terminal, until they leave by /quit, Ctrl-D or Ctrl-C."""
    try:
        while (entry := _ask(talk, screen, keyboard)) != Command("quit"):
            if isinstance(entry, Say | Press):
                screen.wait()
                talk.take(entry, screen)
    except (EOFError, KeyboardInterrupt):
        screen.note("")  # the prompt's line ends here
    finally:
        screen.close()


def _ask(talk: Talk, screen: RichScreen, keyboard: Keyboard) -> Say | Press | Command | None:
    """What the person wants next; None where that is already done."""
    line = keyboard.ask("you> ").strip()
    if not line:
        return None
    if line.isascii() and line.isdigit() and len(line) <= DIGITS:
        number = int(line)
        if 1 <= number <= len(screen.buttons):
            return _press(screen.buttons[number - 1], screen, keyboard)
        known = f"there are 1 to {len(screen.buttons)}" if screen.buttons else "there are none at the moment"
        screen.note(f"There is no button {number}: {known}. Nothing was sent.")
        return None
    try:
        entry = parse(line)
    except InputError as error:
        screen.note(str(error))
        return None
    if entry == Command("help"):
        screen.note(HELP)
    elif entry == Command("state"):
        screen.note(talk.state())
    return entry


def _press(button: Button, screen: RichScreen, keyboard: Keyboard) -> Say | Press | None:
    match button.action:
        case "link":
            screen.link(button.url or "")
            return None
        case "message":
            return Say(button.text or button.label)
        case "edit" if screen.summary:
            text = keyboard.ask("summary> ", filled_in=screen.summary).strip()
            if not text:
                screen.note("Nothing was changed.")
            return Press("edit", text=text) if text else None
        case action:
            return Press(action, text=button.text, queue_id=button.queue_id, proposal=button.proposal)
