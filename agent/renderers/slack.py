"""Slack: messages of Block Kit blocks, for `chat.postMessage`.

Texts are `plain_text`, in which nothing becomes a mention, an emoji or formatting; `&`, `<` and `>` are escaped
as Slack asks in every text object. Limits: docs.slack.dev, the reference of each block.
"""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from agent.records.reply import Button, Reply
from agent.renderers.cutting import packed, pieces
from agent.renderers.layout import Line, Run, button_line, label_of, opens, press_of, step_lines, text_lines

BLOCKS = 50
TEXT = 3_000  # of a text object, also of a button's URL
LABEL = 75
VALUE = 2_000
ELEMENTS = 25  # of a block of actions
# Slack advises 4,000 characters for a message's text, and refuses blocks from about 12,000 in all.
MESSAGE = 4_000

Block = dict[str, Any]


def from_reply(reply: Reply) -> list[dict[str, Any]]:
    """The reply as the arguments of `chat.postMessage` but for the channel: `text`, `blocks`, and no previews.

    It is nearly always one message; a text that is too long for one goes on in the next, nothing is cut off. A
    pressed button's `value` is JSON: the arguments of `Chat.press`. A button with a `url` has no `value`:
    it only opens the address, though Slack reports its press, too.
    """
    return [
        {
            "text": next(pieces("\n".join(filter(None, map(_spoken, blocks))), MESSAGE, _units), ""),
            "blocks": blocks,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        for blocks in packed(_blocks(reply), MESSAGE, _json_units, BLOCKS)
    ]


def _blocks(reply: Reply) -> Iterator[Block]:
    yield from _of_lines(step_lines(reply), "context")
    yield from _of_lines(text_lines(reply), "section")
    said = [button for button in reply.buttons if not _fits(button)]
    yield from _of_lines([button_line(button) for button in said], "section")
    elements = [_button(n, button) for n, button in enumerate(reply.buttons) if button not in said]
    for page in packed(elements, MESSAGE, _json_units, ELEMENTS):
        yield {"type": "actions", "elements": page}


def _of_lines(lines: list[Line], kind: str) -> Iterator[Block]:
    for linked, some in groupby(lines, lambda line: any(run.url for run in line)):
        if linked:
            yield from map(_rich, some)
            continue
        text = "\n".join(run.text for line in some for run in line)
        for piece in pieces(text, TEXT, _units):
            if piece.strip():
                yield _context(piece) if kind == "context" else _section(piece)


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_plain(text)]}


def _section(text: str) -> Block:
    # Otherwise a long one is folded behind "See more", and with it what will be sent.
    return {"type": "section", "text": _plain(text), "expand": True}


def _rich(line: Line) -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(map(_run, line))}],
    }


def _run(run: Run) -> Block:
    if run.url is None:
        return {"type": "text", "text": run.text}
    # Without a text Slack shows the address itself.
    return {"type": "link", "url": run.url} | ({"text": run.text} if run.text != run.url else {})


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": _escape(text), "emoji": False}


def _fits(button: Button) -> bool:
    url = opens(button)
    if url:
        return url.startswith("https://") and len(url) <= TEXT
    return _utf16(_value(button)) <= VALUE


def _button(number: int, button: Button) -> Block:
    label = next(pieces(label_of(button, LABEL), LABEL, _units))
    url = opens(button)
    return {
        "type": "button",
        "action_id": f"{number}.{button.action}",
        "text": _plain(label),
        **({"url": url} if url else {"value": _value(button)}),
        **({"style": "primary"} if button.style == "filled" else {}),
    }


def _value(button: Button) -> str:
    return json.dumps(press_of(button), ensure_ascii=False, separators=(",", ":"))


def _spoken(block: Block) -> str:
    """A block's text, for notifications and screen readers."""
    match block["type"]:
        case "section":
            return str(block["text"]["text"])
        case "context":
            return str(block["elements"][0]["text"])
        case "rich_text":
            return _escape("".join(run.get("text") or run["url"] for run in block["elements"][0]["elements"]))
    return ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _units(text: str) -> int:
    return _utf16(_escape(text))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _json_units(block: Block) -> int:
    return _utf16(json.dumps(block, ensure_ascii=False))
