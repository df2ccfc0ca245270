"""Text made safe to keep, to show and to send on."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language.clean import clean, cut_bytes, inert, one_line, reads_as_written


@given(st.text())
def test_clean(text: str) -> None:
    cleaned = clean(text)
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert clean(cleaned) == cleaned
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "laptop\U000e0063\U000e006f is\U000e0131 slow",
            "laptop is slow",
        ),  # "co", and a byte, that nobody sees
        ("\u2067yes\u2069 \u202eon\u202c", "yes on"),
        (
            "می\u200cخواهم 👩\u200d💻 \u200fא\u200e",
            "می\u200cخواهم 👩\u200d💻 \u200fא\u200e",
        ),  # languages need these
    ],
)
def test_what_hides_a_text_is_taken_out(text: str, kept: str) -> None:
    assert clean(text) == kept
    assert reads_as_written(text) == (text == kept)


@pytest.mark.parametrize("text", ["yes", " yes\r\n", "\tja\r\nbitte ", "", "\u200byes"])
def test_space_around_is_as_written(text: str) -> None:
    assert reads_as_written(text)


def test_what_turns_text_round_or_drives_a_terminal_is_gone() -> None:
    assert clean("invoice\u202egnp.exe \u2066a\u2069 \x1b[31mred\x07") == "invoicegnp.exe a [31mred"


@given(st.text(), st.integers(2, 50))
def test_one_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


@given(st.text(), st.integers(0, 20))
def test_cut_bytes(text: str, limit: int) -> None:
    cut = cut_bytes(text, limit)
    whole = text.encode("utf-8", "ignore").decode()
    assert whole.startswith(cut)
    assert len(cut.encode()) <= limit
    assert cut == whole or len(whole[: len(cut) + 1].encode()) > limit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://evil.com/a?b=c", "see evil[.]com/a?b=c"),
        ("HTTPS://EVIL.COM", "EVIL[.]COM"),
        ("www.a.b.co.uk now", "www[.]a[.]b[.]co[.]uk now"),
        ("[click](https://evil.com)", "click evil[.]com"),
        ("![x](http://evil.com/i.png)", "x evil[.]com/i[.]png"),
        ("evil。com", "evil[.]com"),
        ("ftp://evil.com file:///etc/passwd", "evil[.]com etc/passwd"),
        ("evil@evil.com mailto:a@b.de", "evil@evil[.]com a@b[.]de"),
        ("https://www.evil.zip/login evil.md/x", "www[.]evil[.]zip/login evil[.]md/x"),
        ("https://пример.рф/x evil.xn--p1ai", "пример[.]рф/x evil[.]xn--p1ai"),
        ("ｅｖｉｌ．ｃｏｍ _evil.com_ http://1.2.3.4/x", "ｅｖｉｌ[.]ｃｏｍ _evil[.]com_ 1[.]2[.]3[.]4/x"),
        ("javascript:alert(1) tel:+49123", "alert(1) +49123"),
        ("index.html, setup.exe and node.js", "index.html, setup.exe and node.js"),
        ("version 3.11. Next", "version 3.11. Next"),
        ("https\u200b://evil\u00ad.com e\u2060vil\ufeff.com", "evil[.]com evil[.]com"),
    ],
)
def test_inert(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_the_persons_own_links_stay() -> None:
    said = "it is at https://wiki.acme.com/x now"
    assert (
        inert("See https://wiki.acme.com/x or https://evil.com", said)
        == "See https://wiki.acme.com/x or evil[.]com"
    )


def test_own_words_are_compared_whole() -> None:
    assert inert("www.evil.com", "see www.evil.com.acme.net") == "www[.]evil[.]com"


def test_brackets_cost_no_more_than_other_text() -> None:
    """Linear in the text: a hundred times as much of it takes nowhere near ten thousand times as long."""
    for bracket in ("[", "[](", "![a]("):
        assert len(inert(bracket * 200_000)) == len(bracket) * 200_000


@given(st.text(), st.sampled_from(["https://evil.com", "http://evil.com/x", "www.evil.com"]), st.text())
def test_no_scheme_survives(before: str, link: str, after: str) -> None:
    assert "://" not in inert(f"{before} {link} {after}").replace(f"{before}", "").replace(f"{after}", "")
