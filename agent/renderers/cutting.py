"""Long texts in pieces and pieces on pages, so that what does not fit is never cut off."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def pieces(text: str, limit: int, size: Callable[[str], int]) -> Iterator[str]:
    """`text` in pieces of at most `limit`, each broken behind a line, else behind a word, else anywhere.

    `size` is what a text measures: the sum of its characters. Put together again, the pieces are the text.
    """
    start = 0
    while start < len(text):
        end = _reach(text, start, limit, size)
        if end < len(text):
            half = (start + end) // 2
            broken = text.rfind("\n", half, end) + 1 or text.rfind(" ", half, end) + 1
            end = broken or end
        yield text[start:end]
        start = end


def packed(
    items: Iterable[T], limit: int, size: Callable[[T], int], most: int | None = None
) -> list[list[T]]:
    """`items` in their order on as few pages as hold at most `most` of them, measuring at most `limit`.

    An item that is larger than a page has one to itself.
    """
    pages: list[list[T]] = []
    left = 0
    for item in items:
        left -= size(item)
        if not pages or left < 0 or len(pages[-1]) == most:
            pages.append([])
            left = limit - size(item)
        pages[-1].append(item)
    return pages


def _reach(text: str, start: int, limit: int, size: Callable[[str], int]) -> int:
    end, left = start, limit
    while end < len(text) and (left := left - size(text[end])) >= 0:
        end += 1
    return max(end, start + 1)
