"""HTML as a tree, so that every text is written as text, whatever stands in it."""

import base64
import hashlib
import unicodedata
from importlib.resources import files
from xml.etree import ElementTree as ET

Node = ET.Element
_KEPT = "\n\t"
_DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


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
    """`text` without what HTML cannot hold, and with marks of direction shown as what they are."""
    return "".join(
        f"‹U+{ord(c):04X}›" if c in _DIRECTION else c
        for c in text
        if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cs")
    )


def asset(name: str) -> str:
    """A file beside this one."""
    return (files("evals.report") / name).read_text("utf-8")


def source_hash(text: str) -> str:
    """What a content security policy calls a script or a style by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def document(title: str, body: Node) -> str:
    """A page that runs nothing, loads nothing and sends nothing but its own style and script."""
    style, script = asset("page.css"), asset("page.js")
    policy = (
        f"default-src 'none'; style-src {source_hash(style)}; script-src {source_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = node(
        "head",
        node("meta", charset="utf-8"),
        ET.Element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="color-scheme", content="light dark"),
        node("title", title),
        _raw("style", style),
    )
    body.append(_raw("script", script))
    page = node("html", head, body, lang="en")
    return "<!doctype html>\n" + ET.tostring(page, "unicode", method="html") + "\n"


def _raw(tag: str, text: str) -> Node:
    element = ET.Element(tag)
    element.text = text  # ours, and written as it is
    return element


def _append(element: Node, text: str) -> None:
    last = element[-1] if len(element) else None
    if last is None:
        element.text = (element.text or "") + text
    else:
        last.tail = (last.tail or "") + text
