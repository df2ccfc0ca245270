"""What a benchmark found out, in one shape for all of them: written as JSON, shown as a table, compared, plotted."""

from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any, Literal, Self

from pydantic import TypeAdapter, field_validator

from agent.records.base import Record
from evals.metrics.interval import wilson


class Measure(Record):
    """Something that was measured, once in every round.

    `series` is what several have in common that are compared under one name: a store, an implementation. `at` is the place
    on a curve, in units of `along`. A share is `n` cases'. `timed` marks what a slower machine makes worse; `better` is the
    direction one wants.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    series: str = ""
    at: float | None = None
    along: str = ""
    n: int | None = None
    timed: bool = False
    better: Literal["less", "more"] = "less"

    @field_validator("values")
    @classmethod
    def _five_digits(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(float(f"{value:.5g}") for value in values)

    @classmethod
    def time(cls, name: str, unit: str, *values: float, **more: Any) -> Self:
        """A time, of which less is better."""
        return cls(name=name, unit=unit, values=values, timed=True, **more)

    @property
    def key(self) -> tuple[str, str, str, float | None]:
        """What makes it the same measure in another run."""
        return self.name, self.series, self.unit, self.at

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def place(self) -> str:
        """Series and place on the curve, for people."""
        at = "" if self.at is None else f"{self.at:,.0f} {self.along}"
        return ", ".join(filter(None, [self.series, at]))

    @property
    def told(self) -> str:
        """Median, least and most, with the unit; of a share, its 95 % interval."""
        if self.n:
            low, high = wilson(round(self.middle * self.n), self.n)
            return f"{100 * self.middle:.1f} % ({100 * low:.1f}–{100 * high:.1f}, n = {self.n})"
        text = number(self.middle)
        if len(set(self.values)) > 1:
            text += f" ({number(min(self.values))}–{number(max(self.values))})"
        return f"{text} {self.unit}".strip()


Measures = list[Measure]
_MEASURES = TypeAdapter(Measures)


def number(value: float) -> str:
    """`value` with three digits that say something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{2 if abs(value) < 10 else 1}f}" if abs(value) >= 0.1 else f"{value:.2g}"


def write(path: Path, measures: Iterable[Measure]) -> None:
    """Write measures for `read`."""
    path.write_bytes(_MEASURES.dump_json(list(measures), indent=1, exclude_defaults=True))


def read(path: Path) -> Measures:
    """What `write` wrote."""
    return _MEASURES.validate_json(path.read_bytes())


def table(measures: Iterable[Measure]) -> str:
    """A table in Markdown."""
    lines = ["| what | of | median (min–max) |", "|---|---|---|"]
    lines += [f"| {one.name} | {one.place} | {one.told} |" for one in measures]
    return "\n".join(lines)


def report(measures: Measures, path: Path | None) -> None:
    """Print them; with `path`, write them there, too."""
    print(table(measures))
    if path:
        write(path, measures)
