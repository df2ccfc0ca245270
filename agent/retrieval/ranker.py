"""Rank texts for a query."""

from collections.abc import Sequence


class Ranker:
    """A search index over documents; a document is a list of (text, weight)."""

    def __init__(self, documents: Sequence[Sequence[tuple[str, float]]]) -> None:
        raise NotImplementedError

    def search(self, query: str, limit: int) -> list[tuple[int, float]]:
        """The best documents as (index, score between 0 and 1), best first, without those that score 0."""
        raise NotImplementedError
