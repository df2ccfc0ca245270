"""Plain text: for terminals, e-mail, logs, and whatever shows nothing else."""

from agent.records.reply import Button, Reply
from agent.renderers.layout import Line, label_of, opens, step_lines, text_lines


def from_reply(reply: Reply) -> str:
    """The reply as lines: steps, text, the handoff's URL, and one line with all buttons."""
    lines = [_text(line) for line in [*step_lines(reply), *text_lines(reply)]]
    if reply.buttons:
        lines.append("  ".join(map(button_text, reply.buttons)))
    return "\n".join(lines)


def button_text(button: Button) -> str:
    """A button in brackets. Nobody can press a link here, so its address has to be readable."""
    url = opens(button) if button.action == "link" else None
    return f"[{label_of(button)}: {url}]" if url else f"[{label_of(button)}]"


def _text(line: Line) -> str:
    return "".join(run.text for run in line)
