"""All figures of a run as a page in Markdown: `docs/speed/figures.md` is that of the stored one."""

from benchmarks.measures import table
from benchmarks.results import Results


def page(results: Results) -> str:
    """A table a part, and what it was measured on."""
    machine = dict(results.machine)
    on = f"{machine.pop('processor')}, {machine.pop('cores')} cores, {machine.pop('system')}"
    versions = ", ".join(f"{name} {version}" for name, version in machine.items())
    lines = [
        "# Figures",
        "",
        f"On {on}; {versions}.",
        "",
        "Written by `python -m benchmarks --keep`: medians, in brackets least and most over the rounds; of shares the 95 %",
        "interval. “Pace” is what a fixed loop of plain Python took before and after.",
    ]
    for name, part in results.parts.items():
        pace = " and ".join(f"{1e3 * seconds:.0f}" for seconds in part.pace)
        lines += ["", f"## {name}", "", f"{part.when}, {part.seconds:.0f} s, pace {pace} ms", ""]
        lines += [table(part.measures), "", f"![{name}]({name}.png)"]
    return "\n".join(lines) + "\n"
