"""The fixed job of a folder of peers with ours among them, and how the two compare.

    python -m benchmarks.peers [../shared/peers] [--rounds 5] [--only ours,raw_openai,raw_openai_two,…]

The folder (its README says what it measures) is copied to a working folder, which keeps the virtual environments for
the next run; `ours.py` and this very source tree join it. The exit code is 1 where a target is missed.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measures import write
from benchmarks.peers.targets import FRAMEWORKS, measures, table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ALWAYS = ("ours", "raw_openai", "raw_openai_two")


def main() -> int:
    """Copy, add ours, measure, print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("peers", nargs="?", type=Path, default=ROOT.parent / "shared" / "peers")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir(), "handoff-peers"))
    parser.add_argument("--only", default=",".join([*ALWAYS, *FRAMEWORKS]), help="implementations, by comma")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--wait", type=int, default=900, help="seconds to wait for a quiet machine, in all")
    parser.add_argument("--out", type=Path, help="where to keep the peers' own results, as JSON")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if not (args.peers / "bench" / "run.py").exists():
        print(f"{args.peers} is no folder of peers, so there is nothing to compare with: skipped")
        return 0
    names = list(dict.fromkeys([*ALWAYS, *args.only.split(",")]))
    prepare(args.peers, args.work, names)
    bench = [sys.executable, "bench/run.py", "--only", ",".join(names), "--out", "results.json"]
    options = ["--rounds", str(args.rounds), "--wait", str(args.wait), "--quiet-budget", str(args.wait)]
    subprocess.run([*bench, *options], cwd=args.work, check=True)
    results = json.loads((args.work / "results.json").read_text())
    if args.out:
        args.out.write_text(json.dumps(results, indent=1))
    if args.json:
        write(args.json, measures(results))
    text, missed = table(results)
    print(f"\n{text}")
    return int(missed)


def prepare(peers: Path, work: Path, names: list[str]) -> None:
    """The working folder: everything of `peers`, ours, and an environment for each of `names`."""
    shutil.copytree(peers, work, dirs_exist_ok=True, copy_function=shutil.copyfile)
    for path in work.rglob("*"):
        if path.is_dir() and not path.is_relative_to(work / "envs"):
            path.chmod(0o755)  # the folder may be one that nobody may write to
    (work / "setup.sh").chmod(0o755)
    shutil.copyfile(HERE / "ours.py", work / "impls" / "ours.py")
    # The same versions as the others have.
    (work / "reqs" / "ours.txt").write_text(f"-c {work}/locks/raw_openai.txt\n-e {ROOT}\n")
    if not (work / "envs" / "ours" / ".done").exists():
        (work / "locks" / "ours.txt").unlink(missing_ok=True)
    used = {
        re.search(r"^# env: (\S+)", (work / "impls" / f"{name}.py").read_text(), re.MULTILINE)
        for name in names
    }
    environments = sorted({match[1] for match in used if match} | {"server"})
    with (work / "setup.log").open("w") as log:
        environ = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        done = subprocess.run(
            ["./setup.sh", *environments], cwd=work, env=environ, stdout=log, stderr=log, check=False
        )
    if done.returncode:
        sys.exit(f"the environments could not be made; see {work / 'setup.log'}")


if __name__ == "__main__":
    sys.exit(main())
