"""A yes is a whole message from the list, and nothing else is."""

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from agent.language.locale import folded, locales
from agent.language.understand import intent_of

YES = sorted({phrase for locale in locales().values() for phrase in locale.phrases["yes"]})


@given(st.sampled_from(YES), st.sampled_from(["", " ", "!", ".", ". ", "\n"]), st.booleans())
def test_a_yes_however_it_is_written(yes: str, end: str, upper: bool) -> None:
    assert intent_of((yes.upper() if upper else yes) + end) == "yes"


@given(st.sampled_from(YES), st.text(min_size=1, max_size=30), st.booleans())
def test_anything_more_is_no_yes(yes: str, more: str, before: bool) -> None:
    text = f"{more} {yes}" if before else f"{yes} {more}"
    assume(folded(more))  # more than spaces and full stops
    assume(folded(text) not in YES)  # "yes" + "please"
    assert intent_of(text) != "yes"


@given(st.text(max_size=40))
def test_only_listed_text_is_a_yes(text: str) -> None:
    assert (intent_of(text) == "yes") == (folded(text) in YES)


def test_a_question_mark_doubts() -> None:
    for yes in YES:
        for doubt in ("?", "…", "...", "\u037e", "？"):
            assert intent_of(yes + doubt) is None


def test_the_list_is_short_and_has_no_condition() -> None:
    assert all(not re.search(r"\b(but|if|when|aber|wenn|not|nicht)\b", phrase) for phrase in YES)
