"""What is found in a text, and its replacement by placeholders."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from agent.language.locale import locale_for
from agent.language.placeholders import PLACEHOLDER
from agent.redaction.plain import plain


class Span(NamedTuple):
    """From `start` to `end` stands a secret; `key` is its placeholder's in the locale files."""

    start: int
    end: int
    key: str


Finder = Callable[[str], Iterable[Span]]


class SpanRedactor:
    """The shipped `Redactor`: whatever one of `finders` finds is replaced."""

    def __init__(self, finders: Iterable[Finder]) -> None:
        self._finders = tuple(finders)

    def redact(self, text: str, language: str) -> str:
        """See `Redactor`."""
        simple = plain(text)
        found = (span for finder in self._finders for span in finder(simple.text))
        spans = [Span(simple.original(s.start), simple.original(s.end), s.key) for s in found]
        if not spans:
            return text
        locale = locale_for(language)
        pieces: list[str] = []
        done = 0
        for span in _apart(_outside(spans, text)):
            pieces += [text[done : span.start], locale(span.key)]
            done = span.end
        return "".join([*pieces, text[done:]])


def _outside(spans: Iterable[Span], text: str) -> Iterator[Span]:
    """The spans, without what of them is a placeholder already."""
    taken = [match.span() for match in PLACEHOLDER().finditer(text)]
    for span in spans:
        start = span.start
        for left, right in taken:
            if right <= start or left >= span.end:
                continue
            if start < left:
                yield Span(start, left, span.key)
            start = right
        if start < span.end:
            yield Span(start, span.end, span.key)


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans in order; what overlaps is one, and called what its first part is."""
    before: Span | None = None
    for span in sorted(spans):
        if before and span.start < before.end:
            before = before._replace(end=max(before.end, span.end))
            continue
        if before:
            yield before
        before = span
    if before:
        yield before
