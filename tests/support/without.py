"""The command line where a package is not installed: a process of its own, so that no other test notices."""

import os
import subprocess
import sys

_BLOCKED = "import sys; sys.modules[sys.argv.pop(1)] = None; from agent.cli.main import main; main()"


def run_without(package: str, *arguments: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", _BLOCKED, package, *map(str, arguments)]
    return subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env={**os.environ, **environ}, timeout=60
    )
