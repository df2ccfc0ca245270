"""Pieces and pages."""

from hypothesis import given
from hypothesis import strategies as st

from agent.renderers.cutting import packed, pieces


@given(st.text(st.sampled_from("ab \n😀"), max_size=60), st.integers(2, 12))
def test_pieces_are_the_text_and_none_is_too_large(text: str, limit: int) -> None:
    def size(part: str) -> int:
        return len(part.encode("utf-16-le")) // 2

    cut = list(pieces(text, limit, size))
    assert "".join(cut) == text
    assert all(1 <= size(piece) <= limit for piece in cut)


def test_a_piece_ends_behind_a_line_or_a_word() -> None:
    assert list(pieces("one two\nthree four", 9, len)) == ["one two\n", "three ", "four"]
    assert list(pieces("unbroken", 5, len)) == ["unbro", "ken"]


@given(st.lists(st.integers(1, 9)), st.integers(1, 12), st.integers(1, 4))
def test_pages_hold_all_items_in_their_order(items: list[int], limit: int, most: int) -> None:
    pages = packed(items, limit, lambda item: item, most)
    assert [item for page in pages for item in page] == items
    assert all(1 <= len(page) <= most for page in pages)
    assert all(sum(page) <= limit or len(page) == 1 for page in pages)
