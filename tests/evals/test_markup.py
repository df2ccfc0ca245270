"""HTML as a tree: whatever a text holds, it stands there as text."""

import base64
import hashlib
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.markup import Node, node, source_hash, visible
from evals.report.markup import document

from .pages import Page

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("<>&\"'\u202e\u2066\x00\x1b/!-"))


def html(body: Node) -> str:
    return ET.tostring(body, "unicode", method="html")


@given(TEXTS)
@example("</p><script>alert(1)</script>")
@example("<!-- ")
@example("&lt;&amp;#60;")
@example("]]><![CDATA[")
def test_a_text_is_a_text_and_a_value_a_value(text: str) -> None:
    page = Page(html(node("p", text, node("b", text), text, title=text)))
    assert [tag.name for tag in page.tags] == ["p", "b"]
    assert page.text == visible(text) * 3
    assert page.values("title") == [visible(text)]
    assert page.comments == []


@given(st.text(st.characters()))
def test_what_is_visible_has_nothing_that_deceives(text: str) -> None:
    shown = visible(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cs") or c in "\n\t" for c in shown)
    assert not set(shown) & {"\u202e", "\u2066", "\u200f"}
    assert visible(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a‹U+202E›b"),
        ("\u2066\u2069\u200e\u200f\u202a", "‹U+2066›‹U+2069›‹U+200E›‹U+200F›‹U+202A›"),
        ("a\x00\x1b[1m\x7f\x85b\ud800", "a[1mb"),
        ("a\n\tb\r", "a\n\tb"),
        ("a\U000e0041\U000e0131\u061cb", "a‹U+E0041›‹U+E0131›‹U+061C›b"),
        ("größer 日本 👩‍💻", "größer 日本 👩‍💻"),
    ],
)
def test_what_is_shown_of_a_text(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_names_of_attributes_and_what_is_left_out() -> None:
    made = node("p", None, "a", None, "b", class_="c", aria_label="d", id=None, tabindex=0)
    assert html(made) == '<p class="c" aria-label="d" tabindex="0">ab</p>'


def test_texts_after_an_element_stay_in_order() -> None:
    assert (
        html(node("p", node("b", "1"), "2", "3", node("b", "4"), "5", "6")) == "<p><b>1</b>23<b>4</b>56</p>"
    )


def test_a_hash_is_what_the_policy_calls_it_by() -> None:
    digest = base64.b64encode(hashlib.sha256("ü".encode()).digest()).decode()
    assert source_hash("ü") == f"'sha256-{digest}'"
    assert source_hash("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


def test_a_document() -> None:
    page = Page(document("a <title>", node("body", node("p", "hi"))))
    assert [tag.name for tag in page.tags] == [
        *("html", "head", "meta", "meta", "meta", "meta", "title", "style", "body", "p", "script")
    ]
    assert page.values("charset") == ["utf-8"]
    assert "a <title>" in page.text
