"""What there is to show of a reply, before any format: lines of text, links in them, and buttons.

The only links are the handoff's own URL and what the catalogue's buttons open. Everything else is text.
"""

from dataclasses import dataclass

from agent.language.clean import clean, one_line
from agent.records.reply import Button, Reply, Step

MARKS = {"success": "✓", "error": "✗", "pending": "…"}
_OPENED = ("https://", "mailto:", "tel:")  # what the catalogue allows


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line: text, and where it leads if it is a link."""

    text: str
    url: str | None = None


Line = tuple[Run, ...]


def step_lines(reply: Reply) -> list[Line]:
    """A line for each step; the handoff's URL in it is a link."""
    return [_linked(step_text(step), reply) for step in reply.steps]


def step_text(step: Step) -> str:
    """A step as text, with a mark of how it went."""
    return f"{MARKS[step.status]} {clean(step.text)}"


def text_lines(reply: Reply) -> list[Line]:
    """The lines of the text, empty ones too; the handoff's URL at the end where no step shows it."""
    text = clean(reply.text)
    lines: list[Line] = [(Run(line),) for line in text.split("\n")] if text else []
    if reply.handoff and not any(run.url for line in step_lines(reply) for run in line):
        lines.append((Run(reply.handoff.url, reply.handoff.url),))
    return lines


def label_of(button: Button, limit: int = 200) -> str:
    """The button's label on one line, in at most `limit` characters; never empty."""
    return one_line(button.label, limit) or button.action


def opens(button: Button) -> str | None:
    """The address that the button opens, for a `link` and a chat to be opened again; else it is pressed."""
    return button.url if button.url and button.url.lower().startswith(_OPENED) else None


def press_of(button: Button) -> dict[str, str]:
    """What a press hands back: the arguments of `Chat.press`, without those that the button has not."""
    text = button.text or button.label if button.action == "message" else button.text
    fields = {
        "action": button.action,
        "queue_id": button.queue_id,
        "proposal": button.proposal,
        "text": text,
    }
    return {name: value for name, value in fields.items() if value is not None}


def to_edit(reply: Reply, button: Button) -> str | None:
    """The summary that the button lets the person edit in place; None where it is only pressed."""
    return reply.proposal.summary if button.action == "edit" and reply.proposal else None


def button_line(button: Button) -> Line:
    """A button that a platform cannot carry, as a line: a link, or the words that the person can say themselves."""
    url = opens(button)
    if url is None:
        return (Run(f"• {clean(button.text or button.label)}"),)
    link = Run(label_of(button), url)
    if url.lower().startswith("https://"):
        return (link,)
    return (link, Run(f" ({url.partition(':')[2].partition('?')[0]})"))  # the address, to be read


def _linked(text: str, reply: Reply) -> Line:
    url = reply.handoff.url if reply.handoff else None
    if url is None or url not in text:
        return (Run(text),)
    before, _, after = text.partition(url)
    return tuple(run for run in (Run(before), Run(url, url), Run(after)) if run.text)
