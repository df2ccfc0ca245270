"""The documented limits hold for any text: 100 characters, 1,024 bytes, 1,024 characters a field, 10 KB in all."""

import unicodedata
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.targets.beyondtrust.limits import cut, cut_to_bytes, fit

FAMILY = "👩‍👩‍👧"
texts = st.one_of(
    st.text(max_size=3000),
    st.text(st.characters(), max_size=50).map(lambda text: text * 100),
    st.text(st.characters(codec=None, categories=["Cs", "Cc", "Cf", "Mn", "Ll"]), max_size=2000),
    st.sampled_from(
        ["é" * 600, "e\u0301" * 900, "😀" * 600, FAMILY * 300, "a" * 5000, "\ud800" * 2000, "\u0301" * 3000]
    ),
)


def is_clean(text: str) -> bool:
    categories = {unicodedata.category(character) for character in text}
    return not categories & {"Cc", "Cs", "Zl", "Zp"} and text == text.strip()


@given(texts)
def test_characters(text: str) -> None:
    found = cut(text, 100)
    assert len(found) <= 100
    assert is_clean(found)
    whole = cut(text, 1_000_000)
    assert whole.startswith(found)
    assert (
        len(found) > 60 or len(whole) <= 100 or " " in whole[len(found) : 101]
    )  # no more is lost than a character


@given(texts)
def test_bytes(text: str) -> None:
    found = cut_to_bytes(text, 1024)
    assert len(found.encode()) <= 1024  # which raises for a lone surrogate
    assert is_clean(found)
    assert cut_to_bytes(text, 1_000_000).startswith(found)


@pytest.mark.parametrize(
    ("text", "limit", "left"),
    [
        ("e\u0301" * 60, 101, "e\u0301" * 50),
        (FAMILY * 2, 7, FAMILY),
        ("👍🏽👍🏽", 3, "👍🏽"),
        ("❤️❤️", 3, "❤️"),
        ("x" * 101, 100, "x" * 100),
        ("one two", 4, "one"),
        ("a\r\nb\tc\u2028d\x00e\x1b[31m\u202e", 100, "a b c de[31m"),
        ("\ud83d", 100, "?"),
    ],
)
def test_a_cut_parts_no_character(text: str, limit: int, left: str) -> None:
    assert cut(text, limit) == left


def test_euros_by_the_byte() -> None:
    assert cut_to_bytes("€" * 400, 1024) == "€" * 341


names = st.text("abcxyz_.-", min_size=1, max_size=64)


@given(st.dictionaries(names, texts, max_size=30), st.integers(0, 10_000))
@example({"a": "😀" * 1000, "b": "x"}, 10_000)
@example({"a": FAMILY * 400, "b": "x"}, 7_500)
def test_all_together(values: dict[str, str], limit: int) -> None:
    tidy = {name: cut(text, 1024) for name, text in values.items()}
    kept = fit(tidy, limit)
    assert len(urlencode(kept, quote_via=quote, safe="")) <= max(limit, 0)
    assert all(kept.values())
    assert all(tidy[name].startswith(text) for name, text in kept.items())
    order = [name for name in tidy if name in kept]
    assert list(kept) == order
    # What comes first stays whole; only from the first that is cut on is something missing.
    cut_or_gone = [name for name, text in tidy.items() if text and kept.get(name) != text]
    if not cut_or_gone:
        assert kept == {name: text for name, text in tidy.items() if text}
    elif limit > 200:
        first = list(tidy).index(cut_or_gone[0])
        assert all(kept.get(name, "") == tidy[name] for name in list(tidy)[:first])
