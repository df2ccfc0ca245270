"""Markdown (CommonMark): everything anyone wrote is escaped, so that it is read as it was written."""

import re
from collections.abc import Iterable
from itertools import groupby

from agent.records.reply import Button, Reply
from agent.renderers.layout import Line, Run, label_of, opens, step_lines, text_lines

# CommonMark lets every ASCII punctuation mark be escaped, and nothing else begins markup. Escaped, a colon or
# a dot is no part of an address that a viewer would make a link of, either.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ENDS_A_LINK = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C"})


def from_reply(reply: Reply) -> str:
    """The reply: steps as a list, the text in paragraphs, and the buttons as a list; links are links."""
    blocks = [_list(map(_line, step_lines(reply)))] if reply.steps else []
    for empty, lines in groupby(map(_line, text_lines(reply)), lambda line: not line):
        if not empty:
            blocks.append("\\\n".join(lines))
    if reply.buttons:
        blocks.append(_list(map(_button, reply.buttons)))
    return "\n\n".join(blocks)


def _list(items: Iterable[str]) -> str:
    return "\n".join("- " + " ".join(item.splitlines()) for item in items)


def _line(line: Line) -> str:
    return "".join(map(_run, line)).strip()


def _button(button: Button) -> str:
    return _run(Run(label_of(button), opens(button)))


def _run(run: Run) -> str:
    text = _PUNCTUATION.sub(r"\\\1", run.text)
    return f"[{text}]({run.url.translate(_ENDS_A_LINK)})" if run.url else text
