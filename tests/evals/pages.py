"""A page taken apart as a browser would."""

from html.parser import HTMLParser
from typing import NamedTuple

_EMPTY = {"meta", "input", "br", "link", "img"}


class Tag(NamedTuple):
    """A start tag."""

    name: str
    attributes: dict[str, str]


class Page(HTMLParser):
    """Its tags in order, its texts, and what stands within each script and style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.texts: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.comments: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}))
        if tag not in _EMPTY:
            self._open.append(tag)
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in self.raw:
            self.raw[self._open[-1]][-1] += data
        else:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def text(self) -> str:
        """Everything that is read."""
        return "".join(self.texts)

    def values(self, attribute: str) -> list[str]:
        """What an attribute is, wherever it stands."""
        return [tag.attributes[attribute] for tag in self.tags if attribute in tag.attributes]
