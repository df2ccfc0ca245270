"""The page's pictures: who was taken for whom, and whether confidence means what it says."""

from collections.abc import Mapping
from urllib.parse import quote

from agent.markup import Node, node
from evals.metrics.calibration import Calibration
from evals.metrics.confusion import Confusion, Matrix
from evals.report.tables import bar, table
from evals.report.talks import anchor
from evals.report.words import bounds, queue_name, share

_SIDE = 260
_LEVELS = 6


def heat_map(matrix: Matrix, names: Mapping[str, str]) -> Node:
    """A row for each queue that was right, a column for each that was proposed."""
    shown = [queue_name(label, names) for label in matrix.labels]
    rows = []
    for number, counts in enumerate(matrix.counts):
        total = sum(counts)
        if total:
            right = "not for agents" if number == len(shown) - 1 else shown[number]
            rows.append(
                node(
                    "tr",
                    node("th", right, scope="row"),
                    *(
                        _heat(count, total, hit=number == column, text=f"{right} → {shown[column]}")
                        for column, count in enumerate(counts)
                    ),
                )
            )
    head = node(
        "tr",
        node("th", "right ↓ proposed →", scope="col"),
        *(node("th", node("span", n), scope="col") for n in shown),
    )
    caption = "Confusion matrix: the share of a row is the colour, the number of conversations the figure"
    grid = node("table", node("caption", caption), node("thead", head), node("tbody", *rows), class_="heat")
    return node("div", grid, class_="scroll", tabindex=0, role="region", aria_label="Confusion matrix")


def _heat(count: int, total: int, *, hit: bool, text: str) -> Node:
    level = -(-count * _LEVELS // total) if count else 0
    kind = "hit" if hit else "miss"
    return node(
        "td", str(count) if count else "", class_=f"{kind} l{level}", title=f"{text}: {count} of {total}"
    )


def confusions(found: tuple[Confusion, ...], names: Mapping[str, str], places: set[str]) -> Node:
    """The most frequent wrong proposals, with cases to look at."""
    if not found:
        return node("p", "No wrong proposal.")
    rows = [
        (
            queue_name(confusion.expected, names) if confusion.expected in names else "not for agents",
            queue_name(confusion.proposed, names),
            str(confusion.count),
            node("span", *_links(confusion.cases, places)),
        )
        for confusion in found
    ]
    return table(("Right", "Proposed", "Times", "For example"), rows, "Top confusions")


def _links(ids: tuple[str, ...], places: set[str]) -> list[Node | str]:
    links: list[Node | str] = []
    for id_ in ids:
        links += [", "] if links else []
        links.append(link(id_, places))
    return links


def link(id_: str, places: set[str]) -> Node:
    """A case's id, leading to its conversation if that is on the page."""
    return node("a", id_, href="#" + quote(anchor(id_))) if id_ in places else node("span", id_)


def calibration(found: Calibration | None) -> Node:
    """How right the model is where it says how sure it is."""
    if found is None:
        return node("p", "This model says nothing of how sure it is.")
    rows = [
        (
            f"{100 * coverage.share:.0f} % surest",
            f"from {coverage.from_confidence:.2f}",
            share(coverage.accuracy),
            bar(coverage.accuracy),
            bounds(coverage.accuracy),
        )
        for coverage in found.coverage
    ]
    head = ("Proposals", "Confidence", "Accuracy", "", "95 % interval")
    text = f"Expected calibration error {found.error:.3f}. On the line, confidence and accuracy are the same."
    return node("div", node("p", text), _curve(found), table(head, rows, "Accuracy against coverage"))


def _curve(found: Calibration) -> Node:
    def at(value: float | None) -> float:
        return round(_SIDE * (value or 0), 1)

    marks: list[Node] = []
    for bin_ in found.bins:
        x, accuracy = at(bin_.confidence), bin_.accuracy
        low, high = _SIDE - at(accuracy.low), _SIDE - at(accuracy.high)
        text = f"confidence {bin_.confidence:.2f}: {share(accuracy)} of {accuracy.n} are right"
        marks.append(node("line", x1=x, x2=x, y1=low, y2=high, class_="interval"))
        marks.append(
            node("circle", node("title", text), cx=x, cy=_SIDE - at(accuracy.value), r=5, class_="value")
        )
    return node(
        "svg",
        node("rect", x=0, y=0, width=_SIDE, height=_SIDE, class_="frame"),
        node("line", x1=0, y1=_SIDE, x2=_SIDE, y2=0, class_="axis"),
        *marks,
        node("text", "confidence →", x=_SIDE / 2, y=_SIDE + 22, class_="label"),
        node("text", "accuracy ↑", x=6, y=-8, class_="label"),
        viewBox=f"-10 -24 {_SIDE + 20} {_SIDE + 54}",
        width=_SIDE + 20,
        height=_SIDE + 54,
        role="img",
        aria_label="Calibration curve",
    )
