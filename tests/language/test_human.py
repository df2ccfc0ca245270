"""Words that ask for a human, whatever else is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language.understand import asks_for_human, mentions_human


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to speak to a live AGENT about the canteen",
        "the heating is cold, get me a human!",
        "ist da jemand? Die Heizung ist kalt",
        "ein Mensch, bitte",
        "is a technician there for the gate",
    ],
)
def test_a_human_is_mentioned(text: str) -> None:
    assert mentions_human(text)


@pytest.mark.parametrize(
    "text", ["", "hello", "my printer is jammed", "Mein Drucker druckt nicht", "agenthood", "😀"]
)
def test_no_human_is_mentioned(text: str) -> None:
    assert not mentions_human(text)


@given(st.text(max_size=40), st.text(max_size=40))
def test_who_asks_for_one_mentions_one_and_more_words_do_not_hide_it(before: str, after: str) -> None:
    assert mentions_human(f"{before} human {after}")
    assert mentions_human(before) or not asks_for_human(before)
