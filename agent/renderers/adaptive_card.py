"""Adaptive Cards, for Microsoft Teams and other hosts.

Text stands in rich text blocks, where no Markdown is read. Cards say version 1.3, which is what they use.
Limits: Teams shows six actions of a set, and takes 28 KB of a card by webhook.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from agent.records.reply import Button, Reply
from agent.renderers.cutting import packed, pieces
from agent.renderers.layout import (
    Line,
    Run,
    button_line,
    label_of,
    opens,
    press_of,
    step_lines,
    text_lines,
    to_edit,
)

ACTIONS = 6  # of a set; what is more is not shown
# Of JSON in ASCII: below 28 KB, and below 40 KB in UTF-16 for a bot, with room for the message around it.
CARD = 18_000
TEXT = 4_000  # of what one element holds
_DATE = re.compile(r"(?<=\{)(?=\{(?:DATE|TIME)\()")  # {{DATE(…)}}: hosts write the date in its place

Element = dict[str, Any]


def from_reply(reply: Reply) -> list[dict[str, Any]]:
    """The reply as cards: nearly always one; a text that is too long for one goes on in the next.

    A press submits the arguments of `Chat.press`. *Edit* opens the summary in a text input, which is submitted
    as `text`; where it is too long for that, it is pressed without.
    """
    return [
        {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.3",
            "body": body,
        }
        for body in packed(_body(reply), CARD, _size)
    ]


def _body(reply: Reply) -> Iterator[Element]:
    for line in step_lines(reply):
        yield from _blocks(line, isSubtle=True, size="Small")
    for line in text_lines(reply):
        yield from _blocks(line)
    said = [button for button in reply.buttons if not _fits(button)]
    for button in said:
        yield from _blocks(button_line(button))
    actions = [_action(reply, button) for button in reply.buttons if button not in said]
    for page in packed(actions, CARD - 100, _size, ACTIONS):
        yield {"type": "ActionSet", "actions": page}


def _blocks(line: Line, **look: Any) -> Iterator[Element]:
    """A line, in several blocks where one would be too large for a card beside others."""
    if any(run.url for run in line):
        yield {"type": "RichTextBlock", "inlines": [inline for run in line for inline in _inlines(run, look)]}
        return
    for piece in pieces("".join(run.text for run in line), TEXT, _chars):
        if piece.strip():
            yield {"type": "RichTextBlock", "inlines": list(_inlines(Run(piece), look))}


def _inlines(run: Run, look: dict[str, Any]) -> Iterator[Element]:
    if run.url:
        look = {"selectAction": {"type": "Action.OpenUrl", "url": run.url}, **look}
    # A date is only read within one run.
    for text in _DATE.split(run.text):
        yield {"type": "TextRun", "text": text, **look}


def _fits(button: Button) -> bool:
    url = opens(button)
    return url.startswith("https://") if url else _size(press_of(button)) <= TEXT


def _action(reply: Reply, button: Button) -> Element:
    look = {"title": label_of(button), **({"style": "positive"} if button.style == "filled" else {})}
    url, summary = opens(button), to_edit(reply, button)
    if url:
        return {"type": "Action.OpenUrl", "url": url, **look}
    submit = {"type": "Action.Submit", "data": press_of(button), **look}
    if summary is None or _size(summary) > TEXT:
        return submit
    field = {
        "type": "Input.Text",
        "id": "text",
        "label": label_of(button),
        "value": summary,
        "isMultiline": True,
    }
    return {
        "type": "Action.ShowCard",
        "card": {"type": "AdaptiveCard", "body": [field], "actions": [submit]},
    } | look


def _size(part: Any) -> int:
    return len(json.dumps(part))


def _chars(text: str) -> int:
    return _size(text) - 2  # without the quotes
