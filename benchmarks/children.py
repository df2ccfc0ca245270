"""Measuring in a process of its own, so that nothing inherits another's memory or caches."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from typing import Any


def child(module: str, *arguments: object, env: dict[str, str] | None = None) -> dict[str, Any]:
    """What `python -m module --child ARGUMENTS` printed last, as JSON."""
    command = [sys.executable, "-m", module, "--child", *map(str, arguments)]
    done = subprocess.run(
        command, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def megabytes() -> float:
    """Of memory that this process holds now."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - as short as it gets
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def per_round(rows: Sequence[dict[str, Any]], name: str) -> tuple[float, ...]:
    """The values of `name`, a round each."""
    return tuple(row[name] for row in rows)
