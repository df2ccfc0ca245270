"""The servers that `http_load` measures: `handoff serve` processes, behind nginx where there are several."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.http_client import KEY, Address
from tests.fleet.nginx import nginx

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Servers:
    address: Address
    pids: list[int]

    def seconds(self) -> float:
        """Of processors that they have used so far, without nginx."""
        return sum(_seconds(pid) for pid in self.pids)

    def megabytes(self) -> float:
        """Of memory that they hold now."""
        return sum(_megabytes(pid) for pid in self.pids)


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _megabytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("utf-8"))
    assert found
    return int(found[1]) / 1024


@contextmanager
def servers(store: str, model_url: str | None, processes: int) -> Iterator[Servers]:
    with ExitStack() as stack:
        started = [stack.enter_context(_server(store, model_url)) for _ in range(processes)]
        pids, ports = [pid for pid, _ in started], [port for _, port in started]
        if processes == 1:
            yield Servers(Address(ports[0]), pids)
            return
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # nginx works with another account
        proxy = stack.enter_context(nginx(folder, ports))
        yield Servers(Address(int(proxy.url.rpartition(":")[2]), proxy.trust), pids)


@contextmanager
def _server(store: str, model_url: str | None) -> Iterator[tuple[int, int]]:
    environ = {
        **os.environ,
        "HANDOFF_MODEL": "bench" if model_url else "embedded",
        "OPENAI_BASE_URL": model_url or "",
        "HANDOFF_API_KEYS": f"bench:{KEY}",
    }
    command = [sys.executable, "-m", "agent.cli.main", "serve", "--port", "0", "--store", store]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as started:
        assert started.stdout
        said = started.stdout.readline()
        try:
            yield started.pid, int(said.rpartition(":")[2])
        finally:
            started.terminate()
