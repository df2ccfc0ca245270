"""Secrets to plant into texts, with what stands around them."""

import string
from collections.abc import Callable
from typing import NamedTuple

from hypothesis import strategies as st
from stdnum import luhn

from agent.redaction.base import Redactor
from agent.redaction.kinds import parse_kinds
from agent.redaction.make import make_redactor

ALL = "passwords,cards,tokens,ibans,ids:us+de+gb+nl"


class Planted(NamedTuple):
    """`text` is what a person writes, `secret` what of it nobody else may see."""

    text: str
    secret: str


def shipped(kinds: str = ALL) -> Redactor:
    made = make_redactor(parse_kinds(kinds))
    assert made
    return made


def _card(prefix: str, length: int, fill: int, group: int, between: str) -> str:
    number = (prefix + str(fill).zfill(18))[: length - 1]
    number += luhn.calc_check_digit(number)
    return between.join(number[start : start + group] for start in range(0, length, group))


cards: st.SearchStrategy[str] = st.builds(
    lambda brand, fill, group, between: _card(brand[0], brand[1], fill, group, between),
    st.sampled_from([("4", 16), ("4", 13), ("4", 19), ("55", 16), ("2221", 16), ("37", 15), ("6011", 16)]),
    st.integers(0, 10**18 - 1),
    st.sampled_from([4, 16, 6, 19]),
    st.sampled_from(["", " ", "-", ".", "  ", "\u00a0", "\n", "\u200b"]),
)
_letters = st.text(string.ascii_letters + string.digits, min_size=40, max_size=40)
tokens: st.SearchStrategy[str] = st.builds(
    lambda make, letters: make(letters),
    st.sampled_from(
        [
            lambda x: f"ghp_{x[:36]}",
            lambda x: f"github_pat_{x}",
            lambda x: f"sk-proj-{x}",
            lambda x: f"xoxb-{x}",
            lambda x: f"glpat-{x[:20]}",
            lambda x: f"eyJ{x[:20]}.{x}.{x[:30]}",
            lambda x: f"AKIA{x[:16].upper()}",
            lambda x: f"AIza{x[:35]}",
        ]
    ),
    _letters,
)
secret_words: st.SearchStrategy[str] = st.builds(
    lambda word, digits: f"{word}{digits}",
    st.text(string.ascii_letters + "äß!$%&#", min_size=4, max_size=20).filter(lambda w: w[0].isalpha()),
    st.integers(10, 999),
)
LEADS = [
    "my password is {}",
    "Password: {}",
    "pwd={}",
    "PASSWORD = {}",
    "Mein Passwort lautet {}",
    "Passwort: {}",
    "das Kennwort ist {}",
    "password for the VPN is now {}",
    'password: "{}"',
    "db_password={}",
    "PIN: {}",
]
lead: Callable[[str], st.SearchStrategy[Planted]] = lambda word: st.sampled_from(LEADS).map(  # noqa: E731
    lambda text: Planted(text.format(word), word)
)
planted: st.SearchStrategy[Planted] = st.one_of(
    cards.map(lambda text: Planted(text, text)),
    tokens.map(lambda text: Planted(text, text)),
    secret_words.flatmap(lead),
)
between = st.sampled_from([" ", "\n", ", ", " (", "; ", ": ", "\t"])
anything = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["my SQL database is slow", "12 34", "password:", "pass ", "[password removed]", "ok? pwd="]
    ),
)
