"""XML from the appliance, read safely and without regard to its namespace, which has changed over the years."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring


class NoXml(ValueError):
    """This is no XML, or none that may be read."""


def parse(body: bytes) -> Element:
    """The root of a document without a DTD; no tag has a namespace. Raises `NoXml`."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NoXml(type(error).__name__) from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def error_in(root: Element) -> str | None:
    """The text of an `<error>`, which may come in a good answer; None where there is none."""
    found = root if root.tag == "error" else root.find("error")
    return None if found is None else " ".join("".join(found.itertext()).split()) or "error"


def text_of(root: Element, name: str) -> str:
    """The text of the child `name`, empty where there is none."""
    return (root.findtext(name) or "").strip()
