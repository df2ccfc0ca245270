"""Answers as they go over the wire: XML with a namespace, JSON, and errors."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from starlette.responses import JSONResponse, Response

Element = ET.Element
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class CommandError(Exception):
    """A request that the appliance answers with an error; the text is what it says."""


def element(tag: str, *children: "Element | str | float | None", **attributes: str | float) -> Element:
    """An XML element; None leaves a child out. Characters that XML cannot hold become U+FFFD."""
    made = Element(tag, {name: _text(value) for name, value in attributes.items()})
    for child in children:
        if isinstance(child, Element):
            made.append(child)
        elif child is not None:
            made.text = _text(child)
    return made


def xml_answer(root: Element, namespace: str, status: int = 200) -> Response:
    """An XML document whose elements are all in `namespace`."""
    root.set("xmlns", namespace)
    content = '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"
    return Response(content, status, media_type="text/xml")


def json_answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON document."""
    return JSONResponse(data, status, headers)


def refusal(error: str, message: str, status: int) -> Response:
    """The error object of the authentication: `error` is one of the documented codes."""
    return json_answer({"error": error, "message": message}, status)


def _text(value: str | float) -> str:
    return _NOT_IN_XML.sub("\ufffd", str(value))
