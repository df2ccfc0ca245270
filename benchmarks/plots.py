"""Pictures of what was measured: curves where there is a place on one, else bars.

python -m benchmarks.plots bench-results/results.json [FOLDER]
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measures import Measure, Measures, number
from benchmarks.results import Results, read_results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 3
INK, GRID = "#1f2933", "#d9dee4"
COLOURS = ("#1b6ca8", "#d1495b", "#2e933c", "#8a5a9e", "#b07d12", "#5b6770")
OURS = "ours"


def draw(results: Results, folder: Path) -> list[Path]:
    """A PNG file for each part that measured something."""
    drawn = []
    for name, part in results.parts.items():
        if part.measures:
            path = folder / f"{name}.png"
            _figure(part.measures, f"{name}, {part.when}", path)
            drawn.append(path)
    return drawn


def _figure(measures: Measures, title: str, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    panels: dict[tuple[str, str], Measures] = {}
    for measure in measures:
        panels.setdefault((measure.name, measure.unit), []).append(measure)
    columns = min(COLUMNS, len(panels))
    width = 4.2 if any(measure.at is not None for measure in measures) else 5.4  # names stand beside bars
    rows = math.ceil(len(panels) / columns)
    with mpl.rc_context({"font.size": 9, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": GRID}):
        figure, axes = plt.subplots(
            rows, columns, figsize=(width * columns, 3.1 * rows), squeeze=False, layout="constrained"
        )
        for ax, ((name, unit), shown) in zip(axes.flat, panels.items(), strict=False):
            ax.set_title(name, fontsize=9, loc="left")
            if any(measure.at is not None for measure in shown):
                _curve(ax, shown, unit)
            else:
                _bars(ax, shown, unit)
        for ax in list(axes.flat)[len(panels) :]:
            ax.set_axis_off()
        figure.suptitle(title, fontsize=11, x=0.01, ha="left")
        figure.savefig(path, dpi=110, metadata={"Software": None})
        plt.close(figure)


def _curve(ax: "Axes", measures: Measures, unit: str) -> None:
    """A line for each series, with a band from least to most."""
    names = list(dict.fromkeys(measure.series for measure in measures))
    for colour, series in zip(COLOURS, names, strict=False):
        points = sorted((m for m in measures if m.series == series), key=_place)
        at = [_place(point) for point in points]
        ax.plot(at, [point.middle for point in points], "o-", color=colour, label=series, markersize=4)
        low, high = ([side(point.values) for point in points] for side in (min, max))
        ax.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
    values = [value for measure in measures for value in measure.values]
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    if min(values) > 0 and max(values) / min(values) > 20:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter("")
    else:
        ax.set_ylim(0, 1.08 * max(values) or 1)
    ax.set_xlabel(measures[0].along)
    ax.set_ylabel(unit or "share of cases")
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    if any(names):
        ax.legend(frameon=False, fontsize=8)


def _place(measure: Measure) -> float:
    return measure.at or 0.0


def _bars(ax: "Axes", measures: Sequence[Measure], unit: str) -> None:
    """A bar for each series, with a line from least to most."""
    names = [measure.series or measure.name for measure in measures]
    middles = [measure.middle for measure in measures]
    spread: Any = [
        [one.middle - min(one.values) for one in measures],
        [max(one.values) - one.middle for one in measures],
    ]
    colours = [COLOURS[1] if name == OURS else COLOURS[0] for name in names]
    bars = ax.barh(names, middles, xerr=spread, color=colours, height=0.6, error_kw={"ecolor": INK})
    ax.bar_label(bars, labels=[f" {number(middle)}" for middle in middles], fontsize=8)
    ax.invert_yaxis()
    ax.margins(x=0.25)
    ax.set_xlabel(unit)
    ax.tick_params(axis="y", length=0)


def main() -> None:
    """Draw the pictures of a results file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", help="without it, where the results are")
    options = parser.parse_args()
    folder = options.folder or options.results.parent
    folder.mkdir(parents=True, exist_ok=True)
    for path in draw(read_results(options.results), folder):
        print(path)


if __name__ == "__main__":
    main()
