"""HTML as a tree, so that every text is written as text, whatever stands in it."""

import base64
import hashlib
import unicodedata
from xml.etree import ElementTree as ET

from agent.language.clean import DECEIVING

Node = ET.Element
_KEPT = "\n\t"
_MARKED = DECEIVING | {"\u200e", "\u200f", "\u061c"}


def node(tag: str, *children: "Node | str | None", **attributes: str | float | None) -> Node:
    """An element. An attribute's underscore is a hyphen; `class_` is ``class``; None leaves a thing out."""
    element = ET.Element(
        tag,
        {
            ("class" if name == "class_" else name.replace("_", "-")): visible(str(value))
            for name, value in attributes.items()
            if value is not None
        },
    )
    for child in children:
        if isinstance(child, ET.Element):
            element.append(child)
        elif child is not None:
            _append(element, visible(child))
    return element


def visible(text: str) -> str:
    """`text` without what HTML cannot hold, and with marks of direction and hidden texts shown as what they are."""
    return "".join(
        f"‹U+{ord(c):04X}›" if c in _MARKED else c
        for c in text
        if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cs")
    )


def raw(tag: str, text: str) -> Node:
    """An element whose text is ours, and is written as it is: a style or a script."""
    element = ET.Element(tag)
    element.text = text
    return element


def source_hash(text: str) -> str:
    """What a content security policy calls a script or a style by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def small_page(heading: str, style: str, language: str, *parts: Node | None) -> str:
    """A page for one person and one press, with no script; search engines are to leave it."""
    head = node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="robots", content="noindex, nofollow"),
        node("title", heading),
        raw("style", style),
    )
    return page_text(head, node("body", node("main", node("h1", heading), *parts)), language)


def page_text(head: Node, body: Node, language: str = "en") -> str:
    """The page as text, which is in `language`."""
    return (
        "<!doctype html>\n"
        + ET.tostring(node("html", head, body, lang=language), "unicode", method="html")
        + "\n"
    )


def _append(element: Node, text: str) -> None:
    last = element[-1] if len(element) else None
    if last is None:
        element.text = (element.text or "") + text
    else:
        last.tail = (last.tail or "") + text
