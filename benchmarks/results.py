"""A run of all benchmarks: what was measured, on what, and how it compares with another run."""

import os
import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import InputError
from benchmarks.measures import Measure, Measures

STORED = Path(__file__).with_name("stored.json")
"""The run that others are compared with."""
_NOISE = 1.1
"""Two measures differ where their ranges, widened by this factor, have nothing in common."""


class Part(BaseModel):
    """One benchmark. `pace` is what a fixed loop took before and after it, in seconds: how fast the machine was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: str
    seconds: float
    pace: tuple[float, ...]
    measures: Measures


class Results(BaseModel):
    """All that was measured, by the benchmark's name."""

    model_config = ConfigDict(extra="forbid")

    machine: dict[str, str]
    parts: dict[str, Part] = Field(default_factory=dict)


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


def compared(new: Results, old: Results) -> str:
    """What is in both runs, as a table in Markdown of ratios, new to old.

    Times are corrected by how fast the machine was; what then differs by more than noise is marked.
    """
    lines = ["| part | what | of | then | now | now / then | |", "|---|---|---|---|---|---|---|"]
    for name, part in new.parts.items():
        before = old.parts.get(name)
        if before is None:
            continue
        slower = median(part.pace) / median(before.pace)
        known = {measure.key: measure for measure in before.measures}
        for measure in part.measures:
            then = known.get(measure.key)
            if then and then.middle:
                factor = _correction(measure, slower)
                cells = [name, measure.name, measure.place, then.told, measure.told]
                ratio = f"{measure.middle * factor / then.middle:.2f}"
                lines.append(f"| {' | '.join([*cells, ratio, verdict(measure, then, factor)])} |")
    return "\n".join(lines)


def _correction(measure: Measure, slower: float) -> float:
    """What turns a time of a machine that is `slower` into one of the other; a rate is one over a time."""
    if not measure.timed:
        return 1.0
    return slower if measure.unit == "/s" else 1 / slower


def verdict(new: Measure, old: Measure, factor: float = 1.0) -> str:
    """Better, worse, or nothing where noise may be all there is."""
    least, most = min(new.values) * factor, max(new.values) * factor
    if least > max(old.values) * _NOISE:
        return "better" if new.better == "more" else "worse"
    if most * _NOISE < min(old.values):
        return "worse" if new.better == "more" else "better"
    return ""


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
