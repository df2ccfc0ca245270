"""The conversations that did not go as expected, to be read."""

from collections.abc import Iterable, Mapping

from agent.markup import Node, node
from evals.report.words import decision, expectation, faults, queue_name, step
from evals.result import Result, Turn

SHOWN = 500
"""So many at most stand on the page; `handoff eval show` prints any other."""


def anchor(id_: str) -> str:
    """The place of a case on the page."""
    return f"case-{id_}"


def failing(results: Iterable[Result], names: Mapping[str, str], places: set[str]) -> Node:
    """Every conversation with something wrong, folded, with a search over them.

    `places` gets the ids of the cases that can be linked to.
    """
    items: list[Node] = []
    more = 0
    for result in results:
        wrong = list(faults(result, names))
        if wrong and len(items) < SHOWN:
            items.append(_item(result, wrong, names, None if result.id in places else anchor(result.id)))
            places.add(result.id)
        elif wrong:
            more += 1
    if not items:
        return node("p", "Every conversation went as expected.", class_="good")
    rest = f" {more:,} more are not on this page: handoff eval show DIR ID." if more else ""
    count = f"{len(items):,} conversations did not go as expected.{rest}"
    return node(
        "div",
        node(
            "p",
            node("label", "Show only those with ", node("input", type="search", id="filter")),
            " ",
            node("output", count, id="count"),
            class_="filter",
        ),
        *items,
    )


def _item(result: Result, wrong: list[str], names: Mapping[str, str], place: str | None) -> Node:
    trial = f" · trial {result.trial + 1}" if result.trial else ""
    return node(
        "details",
        node(
            "summary",
            node("code", result.id + trial),
            " ",
            *(node("span", tag, class_="tag") for tag in result.tags),
            node("span", "; ".join(wrong), class_="fault"),
        ),
        node(
            "p",
            f"Expected: {expectation(result.expected, names)}. "
            f"Came: {result.outcome.replace('_', ' ')}, {queue_name(result.queue, names)}; "
            f"{result.asked_first} asked before; {result.model_calls} model calls; ended as {result.ended}.",
        ),
        node("ol", *(_turn(turn, names) for turn in result.transcript), class_="talk"),
        id=place,
        class_="case",
    )


def _turn(turn: Turn, names: Mapping[str, str]) -> Node:
    steps = [node("li", step(text, status)) for text, status in turn.steps]
    calls = [node("li", decision(call, names)) for call in turn.calls]
    return node(
        "li",
        node("p", turn.said, class_="person", dir="auto"),
        node("ul", *calls, class_="calls") if calls else None,
        node("ul", *steps, class_="steps") if steps else None,
        node("p", turn.reply, class_="agent", dir="auto"),
        node("p", *(node("span", label, class_="button") for label in turn.buttons))
        if turn.buttons
        else None,
        node("p", "The model failed in this turn; the code went on without it.", class_="bad")
        if turn.degraded
        else None,
    )
