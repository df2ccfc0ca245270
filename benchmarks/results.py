"""A run of all benchmarks: what was measured, on what, and how it compares with another run."""

import os
import platform
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple, Self

from pydantic import Field, ValidationError

from agent.errors import InputError
from agent.records.base import Record
from benchmarks.measures import Measure, Measures

STORED = Path(__file__).with_name("stored.json")
"""The run that others are compared with."""
_NOISE = 1.1
"""Two measures differ where their ranges, widened by this factor, have nothing in common."""


class Part(Record):
    """One benchmark. `pace` is what a fixed loop took before and after it, in seconds: how fast the machine was."""

    when: str
    seconds: float
    pace: tuple[float, ...]
    measures: Measures


class Results(Record):
    """All that was measured, by the benchmark's name."""

    machine: dict[str, str]
    parts: dict[str, Part] = Field(default_factory=dict)

    def with_part(self, name: str, part: Part) -> Self:
        """With this part in the place of the one of that name."""
        return self.model_copy(update={"parts": {**self.parts, name: part}})


def read_results(path: Path) -> Results:
    """The results in the file `path`. Raises `InputError`."""
    try:
        return Results.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}: give a results.json of `python -m benchmarks`") from None
    except ValidationError:
        raise InputError(f"{path}: these are no results of `python -m benchmarks`") from None


def this_machine() -> dict[str, str]:
    """What the figures depend on."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("openai", "pydantic", "numpy")},
    }


def pace() -> float:
    """Seconds that a fixed piece of plain Python takes now: the least of five."""
    taken = []
    for _ in range(5):
        began, x = time.perf_counter(), 0
        for number in range(1_000_000):
            x ^= number * number
        taken.append(time.perf_counter() - began)
    return min(taken)


def now() -> str:
    """The day."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


class Ratio(NamedTuple):
    """How a measure compares with what it was; `factor` corrects times by how fast the machine was then and is now."""

    part: str
    new: Measure
    old: Measure
    factor: float

    @property
    def value(self) -> float:
        """New to old."""
        return self.new.middle * self.factor / self.old.middle

    @property
    def verdict(self) -> str:
        """Better, worse, or nothing where noise may be all there is."""
        least, most = (side(self.new.values) * self.factor for side in (min, max))
        if least > max(self.old.values) * _NOISE:
            return "better" if self.new.better == "more" else "worse"
        if most * _NOISE < min(self.old.values):
            return "worse" if self.new.better == "more" else "better"
        return ""


def ratios(new: Results, old: Results) -> Iterator[Ratio]:
    """Everything that was measured in both runs."""
    for name, part in new.parts.items():
        if before := old.parts.get(name):
            slower = median(part.pace) / median(before.pace)
            known = {measure.key: measure for measure in before.measures}
            for measure in part.measures:
                then = known.get(measure.key)
                if then and then.middle:
                    yield Ratio(name, measure, then, _correction(measure, slower))


def table(found: Iterable[Ratio]) -> str:
    """A table in Markdown."""
    lines = ["| part | what | of | then | now | now / then | |", "|---|---|---|---|---|---|---|"]
    for one in found:
        cells = [one.part, one.new.name, one.new.place, one.old.told, one.new.told]
        lines.append(f"| {' | '.join([*cells, f'{one.value:.2f}', one.verdict])} |")
    return "\n".join(lines)


def _correction(measure: Measure, slower: float) -> float:
    """What turns a time of a machine that is `slower` into one of the other; a rate is one over a time."""
    if not measure.timed:
        return 1.0
    return slower if measure.unit == "/s" else 1 / slower


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
