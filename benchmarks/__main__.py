"""Everything that is measured, one after the other: figures as JSON, pictures, and how they compare with a stored run.

    python -m benchmarks                            all of it, about 45 minutes on two cores
    python -m benchmarks --quick                    fewer rounds and smaller sizes, a few minutes
    python -m benchmarks --only startup queues      some of it; the rest of DIR stays as it was
    python -m benchmarks --against old/results.json
    python -m benchmarks --keep                     make this the stored run, with the figures and pictures of docs/speed/

Let nothing else run meanwhile. Exit code 1 where a part failed or a target beside the peers is missed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shutil import copyfile

from agent.errors import InputError
from benchmarks.measures import read
from benchmarks.page import page
from benchmarks.plots import draw
from benchmarks.results import (
    STORED,
    Part,
    Results,
    now,
    pace,
    ratios,
    read_results,
    table,
    this_machine,
)

PAGES = Path(__file__).resolve().parents[1] / "docs" / "speed"
PARTS: dict[str, tuple[str, str]] = {
    # Module and arguments; what --quick adds.
    "startup": ("benchmarks.startup --rounds 10", "--rounds 2"),
    "tokens": ("benchmarks.prompt_tokens", ""),
    "peers": ("benchmarks.peers --rounds 5", "--rounds 1"),
    "harness": ("benchmarks.eval_harness --rounds 3", "--rounds 1 --only many"),
    "http": (
        "benchmarks.http_load --rounds 3 --at-once 1 4 16 64",
        "--rounds 1 --at-once 1 16 --conversations 50",
    ),
    "queues": ("benchmarks.curves.queues", "--counts 10 100 --rounds 1"),
    "cases": ("benchmarks.curves.cases", "--rounds 1 --counts 10 100"),
    "conversations": ("benchmarks.curves.conversations", "--rounds 1 --counts 1 10 100"),
}


def main() -> int:
    """Run the parts, write what they say, compare."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("bench-results"), metavar="DIR")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS)
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument(
        "--against", type=Path, default=STORED, metavar="FILE", help="the run to compare with"
    )
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    file = options.out / "results.json"
    try:
        old = read_results(options.against) if options.against.exists() or options.against != STORED else None
        results = read_results(file) if file.exists() else Results(machine={})
    except InputError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    results = results.model_copy(update={"machine": this_machine()})
    options.out.mkdir(parents=True, exist_ok=True)
    bad = []
    for number, name in enumerate(options.only, 1):
        print(f"\n[{number}/{len(options.only)}] {name}", flush=True)
        part, good = run(name, quick=options.quick)
        bad += [] if good else [name]
        if part:
            results = results.with_part(name, part)
            file.write_text(results.model_dump_json(indent=1, exclude_defaults=True), "utf-8")
    pictures = draw(results, options.out)
    if old:
        of_now = {name: part for name, part in results.parts.items() if name in options.only}
        found = list(ratios(results.model_copy(update={"parts": of_now}), old))
        (options.out / "compared.md").write_text(table(found) + "\n", "utf-8")
        other = [one for one in found if one.verdict]
        print(
            f"\nBeside {options.against}: {len(found)} measures, {len(other)} differ (all: {options.out}/compared.md)"
        )
        if other:
            print(f"\n{table(other)}")
    print(f"\n{file}, {len(pictures)} pictures beside it" + (f"; not well: {', '.join(bad)}" if bad else ""))
    if options.keep:
        keep(results, pictures)
    return int(bool(bad))


def run(name: str, *, quick: bool) -> tuple[Part | None, bool]:
    """Measure one part; nothing where it failed or had to be skipped. Also whether all was well."""
    command, less = PARTS[name]
    before, began = pace(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder, "measures.json")
        arguments = [*command.split(), *(less.split() if quick else ()), "--json", str(found)]
        done = subprocess.run([sys.executable, "-m", *arguments], env=_environment(), check=False)
        good = done.returncode == 0
        if not found.exists():
            return None, good
        seconds = time.perf_counter() - began
        measures = read(found)
    return Part(when=now(), seconds=round(seconds), pace=(before, pace()), measures=measures), good


def _environment() -> dict[str, str]:
    """What a benchmark sees of the environment: no model, store or key of whoever runs it."""
    return {name: text for name, text in os.environ.items() if not name.startswith(("HANDOFF_", "OPENAI_"))}


def keep(results: Results, pictures: list[Path]) -> None:
    """Make these results the stored ones, with their page and pictures."""
    STORED.write_text(results.model_dump_json(indent=1, exclude_defaults=True) + "\n", "utf-8")
    PAGES.mkdir(exist_ok=True)
    (PAGES / "figures.md").write_text(page(results), "utf-8")
    for path in pictures:
        copyfile(path, PAGES / path.name)
    print(f"kept as {STORED} and {PAGES}")


if __name__ == "__main__":
    sys.exit(main())
