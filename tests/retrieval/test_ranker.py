"""Search over texts."""

from hypothesis import given
from hypothesis import strategies as st

from agent.retrieval.ranker import Ranker as Scorer

TEXTS = [
    [("Databases", 2.0), ("SQL queries, backups and connections. Datenbank", 1.0)],
    [("Laptops", 2.0), ("Screens, keyboards, docking stations", 1.0)],
    [("Printers", 2.0), ("Paper, toner, scanning", 1.0)],
]


class Ranker(Scorer):
    """With the best first."""

    def search(self, query: str, limit: int) -> list[tuple[int, float]]:
        scored = sorted(enumerate(self.scores(query).tolist()), key=lambda hit: -hit[1])
        return [(number, score) for number, score in scored[:limit] if score > 0]


def test_the_best_is_first() -> None:
    ranker = Ranker(TEXTS)
    assert ranker.search("my sql database is slow", 3)[0][0] == 0
    assert ranker.search("the keybord of my labtop", 3)[0][0] == 1  # typing errors
    assert ranker.search("Datenbankverbindung", 3)[0][0] == 0  # a compound


def test_nothing_fits() -> None:
    assert Ranker(TEXTS).search("", 3) == []
    assert Ranker(TEXTS).search("I want to talk to a human", 3) == []
    assert Ranker([]).search("sql", 3) == []
    known, unknown = (
        Ranker(TEXTS).search(text, 1)[0][1] for text in ("sql backups", "sql zebra crossing gnu")
    )
    assert unknown < known


@given(st.text(), st.integers(0, 5))
def test_scores(query: str, limit: int) -> None:
    found = Ranker(TEXTS).search(query, limit)
    assert len(found) <= limit
    assert all(0 < score <= 1 + 1e-9 for _, score in found)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
