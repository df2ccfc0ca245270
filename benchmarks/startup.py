"""What it costs to start: CPU of whole processes, beside a bare Python and `import openai`.

    python -m benchmarks.startup [--rounds 10]

The first prompt is that of `handoff chat` at a terminal, embedded model, example catalogue: Ctrl-D is typed at once.
Medians and spread; on a busy machine the least is the better number.
"""

import argparse
import os
import pty
import sys
from pathlib import Path
from statistics import median

from benchmarks.measures import Measure, write

PROMPT = b"you> "
MAIN = "from agent.cli.main import main; main({})"
PROGRAMS = {
    "python -c pass": "pass",
    "import agent": "import agent",
    "from agent import HandoffAgent": "from agent import HandoffAgent",
    "import openai": "import openai",
    "handoff --help": MAIN.format(["--help"]),
    "handoff chat, to the first prompt": MAIN.format(["chat"]),
}


def cpu(code: str) -> float:
    """Milliseconds of user and system time that a Python at a terminal takes for `code`."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-c", code])  # noqa: S606
    shown = b""
    try:
        while data := os.read(terminal, 65536):
            shown += data
            if PROMPT in shown:  # before that, what is typed may be thrown away
                shown = b""
                os.write(terminal, b"\x04")
    except OSError:  # the other end is closed
        pass
    _, _, used = os.wait4(child, 0)
    os.close(terminal)
    return 1e3 * (used.ru_utime + used.ru_stime)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    rounds: int = options.rounds
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for number in range(rounds + 1):
        for name, code in PROGRAMS.items():
            used = cpu(code)
            if number:  # the first round fills the page cache
                times[name].append(used)
    openai = median(times["import openai"])
    print("| program | CPU, ms: median (min–max) | of `import openai` |\n|---|---|---|")
    for name, taken in times.items():
        spread = f"{median(taken):.0f} ({min(taken):.0f}–{max(taken):.0f})"
        print(f"| `{name}` | {spread} | {median(taken) / openai:.2f} |")
    if options.json:
        named = (Measure.time("start-up, CPU", "ms", *taken, series=name) for name, taken in times.items())
        write(options.json, named)


if __name__ == "__main__":
    main()
