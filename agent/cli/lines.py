"""What one line of input means: a message, an action, or a command to the terminal itself."""

from dataclasses import dataclass
from typing import Literal

from agent.errors import InputError
from agent.records.reply import Action

HELP = """\
Write a message, or the number of a button. A line that begins with / is an action:
  /start              accept the proposal and start the agent chat
  /skip               no more questions: connect me now
  /edit TEXT          TEXT is the summary from now on; without TEXT it is shown
  /other              other teams and other help
  /choose QUEUE_ID    take this queue
  /cancel             never mind
  /state              show the whole conversation document
  /help, /quit        this help; leave (as do Ctrl-C and Ctrl-D)"""


@dataclass(frozen=True, slots=True)
class Say:
    """A message."""

    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """An action, with what goes along."""

    action: Action
    text: str | None = None
    queue_id: str | None = None
    proposal: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the terminal does by itself; the agent hears nothing of it."""

    name: Literal["state", "help", "quit"]


_ALONE: dict[str, Press | Command] = {
    "/start": Press("start"),
    "/skip": Press("skip"),
    "/other": Press("other"),
    "/cancel": Press("cancel"),
    "/state": Command("state"),
    "/help": Command("help"),
    "/quit": Command("quit"),
}


def parse(line: str) -> Say | Press | Command:
    """What `line` means. Raises `InputError` for an action that does not exist, or lacks something."""
    line = line.strip()
    if not line.startswith("/"):
        return Say(line)
    word, *rest = line.split(maxsplit=1)
    name, text = word.lower(), rest[0] if rest else None
    if name == "/edit":
        return Press("edit", text=text)
    if name == "/choose":
        if text is None:
            raise InputError("/choose: which queue? Right is /choose QUEUE_ID. Nothing was sent.")
        return Press("choose", queue_id=text)
    if name not in _ALONE:
        raise InputError(
            f"{word}: no such action. There are /start, /skip, /edit TEXT, /other, /choose QUEUE_ID and /cancel."
            " Nothing was sent."
        )
    if text is not None:
        raise InputError(f"{name} stands alone, without anything behind it. Nothing was sent.")
    return _ALONE[name]
