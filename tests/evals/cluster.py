"""A Dask scheduler and workers, as their own commands start them, on loopback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

_SCHEDULER = ("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
_WORKER = (
    "-m",
    "distributed.cli.dask_worker",
    "--host",
    "127.0.0.1",
    "--nthreads",
    "1",
    "--no-dashboard",
    "--no-nanny",
)


class Cluster:
    """Ends with everything that it started."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.workers: list[subprocess.Popen[bytes]] = []
        where = folder / "scheduler.json"
        self.scheduler = self._start(
            *_SCHEDULER, "--scheduler-file", str(where), log="scheduler", env=env or {}
        )
        for _ in range(600):
            if where.exists() and where.stat().st_size:
                break
            time.sleep(0.05)
        self.address: str = json.loads(where.read_text("utf-8"))["address"]

    def add(self, env: Mapping[str, str] | None = None, *, threads: int = 1) -> "subprocess.Popen[bytes]":
        """One more worker, with these variables in its environment."""
        name = f"worker-{len(self.workers)}"
        local = ("--local-directory", str(self._folder / name), "--name", name)
        command = [*_WORKER, *local, self.address]
        command[command.index("--nthreads") + 1] = str(threads)
        self.workers.append(self._start(*command, log=name, env=env or {}))
        return self.workers[-1]

    def log(self) -> str:
        """What all of them have printed."""
        return "".join(path.read_text("utf-8") for path in sorted(self._folder.glob("*.log")))

    def _start(self, *command: str, log: str, env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        clean = {
            name: text for name, text in os.environ.items() if not name.startswith(("HANDOFF_", "OPENAI_"))
        }
        file = self._stack.enter_context((self._folder / f"{log}.log").open("wb"))
        started = subprocess.Popen(  # noqa: S603
            [sys.executable, *command], stdout=file, stderr=subprocess.STDOUT, env={**clean, **env}
        )
        self._stack.callback(_end, started)
        return started

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
