"""``python -m tests.mutants [WORDS]``: every guard, or those whose line has the words. Exit code 1 if one survives."""

import argparse
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from .guard import ROOT, Guard
from .table import GUARDS

PARTS = ("agent", "prompts", "evals", "tests", "examples", "pyproject.toml")
FAILED = 1  # pytest's exit code where a test failed; any other but 0 says that something else is wrong


def copied(folder: Path) -> None:
    """Put the source tree into `folder`."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, folder / part)


def run(folder: Path, tests: tuple[str, ...]) -> int:
    """Pytest's exit code over `tests` in `folder`; a test that hangs has failed."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "--timeout",
        "60",
        *tests,
    ]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode


def killed(guard: Guard) -> bool:
    """Whether a test fails without `guard`."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        copied(folder)
        path = folder / guard.file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(guard.source, guard.out), encoding="utf-8")
        code = run(folder, guard.tests)
    if code not in (0, FAILED):
        raise SystemExit(f"{guard.says}: pytest ended with {code}: the entry is wrong")
    return code == FAILED


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only guards whose line has all of these")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="at once (default: the processors)"
    )
    arguments = parser.parse_args()
    chosen = [guard for guard in GUARDS if all(word in _line(guard) for word in arguments.words)]
    problems = [problem for guard in chosen if (problem := guard.problem())]
    if problems or not chosen:
        print("\n".join(problems) or "no guard has these words", file=sys.stderr)
        return 2
    if run(ROOT, tuple(dict.fromkeys(test for guard in chosen for test in guard.tests))):
        print("the tests fail with every guard in its place: mend that first", file=sys.stderr)
        return 2
    survived = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for guard, dead in zip(chosen, pool.map(killed, chosen), strict=True):
            print(f"{'killed  ' if dead else 'SURVIVED'}  {_line(guard)}", flush=True)
            survived += not dead
    print(f"{len(chosen) - survived} of {len(chosen)} killed")
    return 1 if survived else 0


def _line(guard: Guard) -> str:
    return f"{guard.promise}  {guard.file}: {guard.says}"


if __name__ == "__main__":
    sys.exit(main())
