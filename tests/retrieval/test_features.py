"""What a text is made of."""

from hypothesis import given
from hypothesis import strategies as st

from agent.retrieval.features import explained_features, features


def test_words_pairs_and_pieces() -> None:
    found = features("SQL hangs")
    assert {"sql", "hangs", "sql hangs", "~<sq", "~sql>", "~hangs"} <= found.keys()
    assert found["sql"] > found["sql hangs"] > found["~<sq"] > 0


def test_words_that_say_nothing_are_left_out() -> None:
    assert not features("I would like to speak to a live agent, please")
    assert not features("")
    assert features("the printer") == features("printer")


def test_the_same_word_twice_counts_twice() -> None:
    assert features("toner toner")["toner"] == 2 * features("toner")["toner"]


def test_terms_add_what_they_mean() -> None:
    assert "printer" in explained_features("the Kyocera")
    assert "printer" not in features("the Kyocera")
    assert explained_features("the kettle drips") == features("the kettle drips")


@given(st.text(max_size=100))
def test_any_text(text: str) -> None:
    plain, explained = features(text), explained_features(text)
    assert all(weight > 0 for weight in plain.values())
    assert all(explained[feature] >= weight for feature, weight in plain.items())
