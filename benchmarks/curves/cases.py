"""What 100 to 100,000 cases take in the eval harness.

    python -m benchmarks.curves.cases [--counts 100 1000 10000 100000] [--rounds 3]

`handoff eval` with the embedded model in one process, all of a run in a process of its own: conversations a second while it
plays, seconds from the last conversation to the end (sorting, summing up, the report), the largest resident size, and
what a conversation takes on disk. More than 10,000 cases are played once, whatever `--rounds` says.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.children import child, per_round
from benchmarks.eval_harness import harness, write_cases
from benchmarks.measures import Measure, Measures, report

COUNTS = (100, 1_000, 10_000, 100_000)
ONCE_FROM = 10_000


def measured(count: int) -> dict[str, Any]:
    """A run of so many cases in this process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = write_cases(folder / "cases.jsonl", count)
        began = time.perf_counter()
        run = harness(cases, folder, concurrency=8, model="embedded")
        seconds = time.perf_counter() - began
        return {
            "per second": count / run["seconds"],
            "around": seconds - run["seconds"],
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "disk": (folder / "run" / "results.jsonl").stat().st_size / count / 1024,
        }


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measured(options.child)))
        return
    measures: Measures = []
    for count in options.counts:
        rounds = range(options.rounds if count <= ONCE_FROM else 1)
        found = [child("benchmarks.curves.cases", count) for _ in rounds]
        of: dict[str, Any] = {"at": count, "along": "cases"}
        speed = Measure.time("conversations a second", "/s", *per_round(found, "per second"), **of)
        measures += [
            speed.model_copy(update={"better": "more"}),
            Measure.time("checking, sorting, summing up, report", "s", *per_round(found, "around"), **of),
            Measure(name="memory at most", unit="MB", values=per_round(found, "memory"), **of),
            Measure(name="results on disk, each", unit="kB", values=per_round(found, "disk"), **of),
        ]
    report(measures, options.json)


if __name__ == "__main__":
    main()
