"""HTML: a fragment without style and script, for a page that brings its own.

A button has no behaviour; its ``data-`` attributes are the arguments of `Chat.press`.
"""

from xml.etree import ElementTree as ET

from agent.markup import Node, node
from agent.records.reply import Button, Reply
from agent.renderers.layout import Line, Run, label_of, opens, press_of, step_lines, text_lines


def from_reply(reply: Reply) -> str:
    """The reply as an ``<article class="handoff-reply handoff-PHASE">``.

    In it, as far as there is something to show: ``ol.handoff-steps``, ``div.handoff-text`` with a paragraph for
    each line, and ``ul.handoff-buttons`` with a ``button`` or, where it opens an address, an ``a`` in each item,
    whose class is the button's style.
    """
    steps = zip(reply.steps, step_lines(reply), strict=True)
    text = [_element("p", line) for line in text_lines(reply) if any(run.text.strip() for run in line)]
    article = node(
        "article",
        _filled("ol", "handoff-steps", [_element("li", line, step.status) for step, line in steps]),
        _filled("div", "handoff-text", text),
        _filled("ul", "handoff-buttons", [node("li", _button(button)) for button in reply.buttons]),
        class_=f"handoff-reply handoff-{reply.phase.replace('_', '-')}",
    )
    return ET.tostring(article, "unicode", method="html")


def _filled(tag: str, class_: str, children: list[Node]) -> Node | None:
    return node(tag, *children, class_=class_) if children else None


def _element(tag: str, line: Line, class_: str | None = None) -> Node:
    # Each line finds its own direction: what a person quotes may run the other way.
    return node(tag, *map(_run, line), class_=class_, dir="auto")


def _run(run: Run) -> Node | str:
    return _link(run.text, run.url, None) if run.url else run.text


def _link(text: str, url: str, class_: str | None) -> Node:
    return node("a", text, href=url, class_=class_, target="_blank", rel="noopener noreferrer")


def _button(button: Button) -> Node:
    url = opens(button)
    if url:
        return _link(label_of(button), url, button.style)
    data = {f"data_{name}": value for name, value in press_of(button).items()}
    return node("button", label_of(button), type="button", class_=button.style, **data)
